from gateway.hints import HINTS, hints
from gateway.model.control_planes import Product
from gateway.symptoms import SYMPTOMS
from gateway.upstreams import PRODUCTS


def test_a_hint_is_for_symptoms_that_there_are() -> None:
    assert {name for one in HINTS for name in one.symptoms} <= SYMPTOMS.keys()


def test_every_product_has_hints_and_no_product_has_another_s() -> None:
    assert {one.product for one in HINTS} == set(PRODUCTS)
    refused = {product: hints(product, "connection-refused") for product in PRODUCTS}
    assert "5681" in refused[Product.KUMA][0]
    assert "nginx-mesh-api" in refused[Product.NGINX_SERVICE_MESH][0]
    assert "/api/platform/v1" in refused[Product.NGINX_INSTANCE_MANAGER][0]


def test_what_is_the_same_everywhere_has_none() -> None:
    assert hints(Product.KUMA, "name-not-found") == []
