"""GraphiQL from files of ours alone; tools/graphiql builds them, NOTICES says what is in them."""
