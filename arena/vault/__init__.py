"""Where answers and private scores live: outside every workspace, readable by the grader's account alone."""
