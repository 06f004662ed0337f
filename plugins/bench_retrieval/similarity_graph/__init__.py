"""Similarity graph: by which similarity are an object's nearest of its own class?"""
