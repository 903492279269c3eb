import numpy as np
import torch

from causal_explorer.data import dsprites
from causal_explorer.data.pictures import DSpritesPictures


def test_batches_are_the_rows_pictures_and_classes(cache):
    pictures = DSpritesPictures(torch.device("cpu"))
    rows = np.random.default_rng(0).integers(0, dsprites.COUNT, 70)
    batches = list(pictures.batches(rows, 32))
    assert [len(v) for v, _ in batches] == [32, 32, 6]
    v = torch.cat([v for v, _ in batches]).numpy()
    np.testing.assert_array_equal(v, dsprites.classes_of(rows))
    np.testing.assert_array_equal(torch.cat([x for _, x in batches]), dsprites.render(v))
