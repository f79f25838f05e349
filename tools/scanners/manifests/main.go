// Checks Kubernetes objects as an API server of one minor version would read them: what is built in by its Go types, strictly, and
// custom resources by their definitions. Reads a JSON list of objects, and writes a JSON list with what is wrong with each.
//
//	manifests CRD-FOLDER... < objects.json
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/yaml"
)

type verdict struct {
	// How it was read: "built in", "custom" or "unknown".
	By     string   `json:"by"`
	Faults []string `json:"faults"`
}

type report struct {
	// Of the Kubernetes libraries, such as v0.36.2.
	Version  string    `json:"version"`
	Verdicts []verdict `json:"verdicts"`
}

type definition struct {
	structural *schema.Structural
	validator  validation.SchemaValidator
}

func main() {
	definitions := map[string]definition{}
	for _, folder := range os.Args[1:] {
		must(filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			return read(path, definitions)
		}))
	}
	var objects []map[string]any
	must(json.NewDecoder(os.Stdin).Decode(&objects))
	verdicts := make([]verdict, len(objects))
	for index, object := range objects {
		verdicts[index] = judge(object, definitions)
	}
	must(json.NewEncoder(os.Stdout).Encode(report{libraryVersion(), verdicts}))
}

var strict = serializer.NewCodecFactory(scheme.Scheme, serializer.EnableStrict).UniversalDeserializer()

func judge(object map[string]any, definitions map[string]definition) verdict {
	content, err := json.Marshal(object)
	must(err)
	apiVersion, _ := object["apiVersion"].(string)
	kind, _ := object["kind"].(string)
	if custom, found := definitions[apiVersion+" "+kind]; found {
		return verdict{"custom", custom.faults(content)}
	}
	group, _, _ := strings.Cut(apiVersion, "/")
	if !scheme.Scheme.IsGroupRegistered(group) && strings.Contains(apiVersion, "/") {
		return verdict{"unknown", []string{}}
	}
	if _, _, err := strict.Decode(content, nil, nil); err != nil {
		return verdict{"built in", []string{err.Error()}}
	}
	return verdict{"built in", []string{}}
}

func (custom definition) faults(content []byte) []string {
	var object map[string]any
	// Whole numbers stay whole, as rules compare them.
	must(utiljson.Unmarshal(content, &object))
	faults := []string{}
	unknown := pruning.PruneWithOptions(object, custom.structural, true, schema.UnknownFieldPathOptions{
		TrackUnknownFieldPaths: true,
	})
	for _, path := range unknown {
		faults = append(faults, fmt.Sprintf("unknown field %q", path))
	}
	defaulting.Default(object, custom.structural)
	for _, fault := range validation.ValidateCustomResource(nil, object, custom.validator) {
		faults = append(faults, fault.Error())
	}
	rules := cel.NewValidator(custom.structural, true, celconfig.PerCallLimit)
	if rules != nil {
		budget := int64(celconfig.RuntimeCELCostBudget)
		broken, _ := rules.Validate(context.Background(), nil, custom.structural, object, nil, budget)
		for _, fault := range broken {
			faults = append(faults, fault.Error())
		}
	}
	return faults
}

func read(path string, definitions map[string]definition) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var crd apiextensionsv1.CustomResourceDefinition
	if err := yaml.Unmarshal(content, &crd); err != nil || crd.Kind != "CustomResourceDefinition" {
		return err
	}
	for _, version := range crd.Spec.Versions {
		if version.Schema == nil {
			continue
		}
		var internal apiextensions.JSONSchemaProps
		props := version.Schema.OpenAPIV3Schema
		if err := apiextensionsv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(props, &internal, nil); err != nil {
			return err
		}
		structural, err := schema.NewStructural(&internal)
		if err != nil {
			return err
		}
		validator, _, err := validation.NewSchemaValidator(&internal)
		if err != nil {
			return err
		}
		name := crd.Spec.Group + "/" + version.Name + " " + crd.Spec.Names.Kind
		definitions[name] = definition{structural, validator}
	}
	return nil
}

// The version that the types are of.
func libraryVersion() string {
	info, _ := debug.ReadBuildInfo()
	for _, module := range info.Deps {
		if module.Path == "k8s.io/api" {
			return module.Version
		}
	}
	return "unknown"
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "manifests:", err)
		os.Exit(1)
	}
}
