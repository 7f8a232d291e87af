INSERT INTO publications
    (name, made_at, caller, request, title_vi, title_en, as_of, catalogue, boundaries, boundaries_version, crosswalk, renderer, questions, digests, sha256, content)
