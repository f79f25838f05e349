module mlplatform/tools/scanners/manifests

go 1.26.2
