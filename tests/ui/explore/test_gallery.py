import re

import numpy as np

from causal_explorer.ui.explore.gallery import thumbnails_css
from causal_explorer.ui.pictures import data_uri


def test_each_button_is_painted_with_its_own_picture():
    pictures = [np.eye(64), np.zeros((64, 64)), np.ones((64, 64))]
    sheet = thumbnails_css(pictures)
    painted = re.findall(
        r"\.st-key-thumbnail_(\d) button \{background-image: url\((.*?)\)\}", sheet
    )
    assert painted == [(str(i), data_uri(picture)) for i, picture in enumerate(pictures)]
    assert sheet.startswith("<style>")
    assert sheet.endswith("</style>")
