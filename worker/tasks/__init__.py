"""The user's functions: the decorator and all it may say, their modules, their arguments, their payloads' versions."""
