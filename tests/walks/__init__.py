"""Random walks over all verbs of the engine, in foul weather, beside a model that says where each job must be."""
