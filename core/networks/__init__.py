"""Networks that torch trains: arrays and mini-batches in, losses and changed arrays out, no project types.

batches       documents as arrays
optimiser     one step of SGD, AdaGrad or Adam, for a whole array or for some of its rows; shrinking, clipping
network       what all have in common: weights and moments, and how a mini-batch changes them
multinomial   −log p of the words of documents under a softmax over the whole vocabulary, with its gradients
autoencoder   a document through a bottleneck and back to its words
classifier    the label of a document from the mean of its words' vectors

All but `batches` import torch at the top, hence they are imported only inside functions that train: it takes two
seconds and 200 MB, which the web process does not have. Arrays stay numpy's; torch works in their memory.
"""
