/** The Open Inference Protocol's messages, in protobuf's JSON form. @see https://github.com/kserve/open-inference-protocol, open_inference_grpc.proto of 29ca333 */
type Field = Record<string, unknown>;

const one = (id: number, type: string): Field => ({ id, type });
const many = (id: number, type: string): Field => ({ id, type, rule: "repeated" });
const parameters = (id: number): Field => ({ id, keyType: "string", type: "InferParameter" });
const message = (fields: Record<string, Field>, nested?: Record<string, unknown>): Record<string, unknown> => ({
    fields,
    ...(nested && { nested }),
});

const namedVersion = message({ name: one(1, "string"), version: one(2, "string") });
const tensor = message({
    name: one(1, "string"),
    datatype: one(2, "string"),
    shape: many(3, "int64"),
    parameters: parameters(4),
    contents: one(5, "InferTensorContents"),
});

export const grpcMessages = {
    nested: {
        inference: {
            nested: {
                GRPCInferenceService: {
                    methods: Object.fromEntries(
                        [
                            "ServerLive",
                            "ServerReady",
                            "ModelReady",
                            "ServerMetadata",
                            "ModelMetadata",
                            "ModelInfer",
                        ].map((name) => [name, { requestType: `${name}Request`, responseType: `${name}Response` }]),
                    ),
                },
                ServerLiveRequest: message({}),
                ServerLiveResponse: message({ live: one(1, "bool") }),
                ServerReadyRequest: message({}),
                ServerReadyResponse: message({ ready: one(1, "bool") }),
                ModelReadyRequest: namedVersion,
                ModelReadyResponse: message({ ready: one(1, "bool") }),
                ServerMetadataRequest: message({}),
                ServerMetadataResponse: message({
                    name: one(1, "string"),
                    version: one(2, "string"),
                    extensions: many(3, "string"),
                }),
                ModelMetadataRequest: namedVersion,
                ModelMetadataResponse: message(
                    {
                        name: one(1, "string"),
                        versions: many(2, "string"),
                        platform: one(3, "string"),
                        inputs: many(4, "TensorMetadata"),
                        outputs: many(5, "TensorMetadata"),
                    },
                    {
                        TensorMetadata: message({
                            name: one(1, "string"),
                            datatype: one(2, "string"),
                            shape: many(3, "int64"),
                        }),
                    },
                ),
                ModelInferRequest: message(
                    {
                        model_name: one(1, "string"),
                        model_version: one(2, "string"),
                        id: one(3, "string"),
                        parameters: parameters(4),
                        inputs: many(5, "InferInputTensor"),
                        outputs: many(6, "InferRequestedOutputTensor"),
                        raw_input_contents: many(7, "bytes"),
                    },
                    {
                        InferInputTensor: tensor,
                        InferRequestedOutputTensor: message({ name: one(1, "string"), parameters: parameters(2) }),
                    },
                ),
                ModelInferResponse: message(
                    {
                        model_name: one(1, "string"),
                        model_version: one(2, "string"),
                        id: one(3, "string"),
                        parameters: parameters(4),
                        outputs: many(5, "InferOutputTensor"),
                        raw_output_contents: many(6, "bytes"),
                    },
                    { InferOutputTensor: tensor },
                ),
                InferParameter: {
                    oneofs: {
                        parameter_choice: {
                            oneof: ["bool_param", "int64_param", "string_param", "double_param", "uint64_param"],
                        },
                    },
                    fields: {
                        bool_param: one(1, "bool"),
                        int64_param: one(2, "int64"),
                        string_param: one(3, "string"),
                        double_param: one(4, "double"),
                        uint64_param: one(5, "uint64"),
                    },
                },
                InferTensorContents: message({
                    bool_contents: many(1, "bool"),
                    int_contents: many(2, "int32"),
                    int64_contents: many(3, "int64"),
                    uint_contents: many(4, "uint32"),
                    uint64_contents: many(5, "uint64"),
                    fp32_contents: many(6, "float"),
                    fp64_contents: many(7, "double"),
                    bytes_contents: many(8, "bytes"),
                }),
            },
        },
    },
};
