"""Learning from mini-batches of documents: what the architectures have in common whose networks torch trains.

params     what can be set for all of them
documents  which segments are trained on or held out, and their words
order      the order of work: an epoch's documents shuffled, cut into blocks of one mini-batch each
model      weights and what the optimiser keeps of them: how they begin, what a checkpoint holds
training   blocks in, Steps out
"""
