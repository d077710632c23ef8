"""Writing an analysis: by our rules, or by a language model whose every sentence is checked."""
