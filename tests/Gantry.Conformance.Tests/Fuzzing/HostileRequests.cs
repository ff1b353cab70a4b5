using System.Text;
using Gantry.Api.Models;
using Gantry.Api.Protobuf;
using Gantry.Api.Schemas;
using Gantry.Api.Trees;

namespace Gantry.Conformance.Tests.Fuzzing;

/// <summary>Requests that no good client sends, each from a seed.</summary>
internal static class HostileRequests
{
    private static readonly IReadOnlyList<ResourceType> Kept = [.. ApiCatalog.Resources.Where(r => r.Allows("create"))];

    /// <summary>An object that is to be created, in JSON, YAML or protobuf, often spoilt on the way.</summary>
    public static HostileRequest Body(Dice dice)
    {
        var type = dice.Of(Kept);
        var calm = dice.Once(2);
        var value = ObjectDice.Object(dice, type, "thing" + dice.Below(30), calm);
        var (bytes, content) = dice.Below(4) switch
        {
            0 => (KubernetesProtobuf.Encode(type.Schema, Canonical(type, value)), "application/vnd.kubernetes.protobuf"),
            1 => (Encoding.UTF8.GetBytes(Yaml(dice, value)), "application/yaml"),
            _ => (TreeJson.Write(value), "application/json"),
        };
        var update = dice.Once(4);
        return new(update ? "PUT" : "POST", Path(type, dice) + (update ? "/thing" + dice.Below(30) : "") + Options(dice), !calm && !dice.Once(3) ? dice.Spoil(bytes) : bytes, content);
    }

    /// <summary>A patch of any kind of an object that may be there.</summary>
    public static HostileRequest Patch(Dice dice)
    {
        var type = dice.Of(Kept);
        var path = $"{Path(type, dice)}/thing{dice.Below(30)}" + (dice.Once(6) && type.Subresources.Count > 0 ? "/" + dice.Of(type.Subresources.ToList()).Name : "");
        (Tree tree, var content) = dice.Below(4) switch
        {
            0 => ((Tree)JsonPatch(dice, type), "application/json-patch+json"),
            1 => (ObjectDice.Object(dice, type, "thing1", dice.Once(2)), "application/merge-patch+json"),
            2 => (dice.Once(2) ? ObjectDice.Object(dice, type, "thing1", calm: true) : Directed(dice, ObjectDice.Object(dice, type, "thing1")), "application/strategic-merge-patch+json"),
            _ => (ObjectDice.Object(dice, type, "thing1", dice.Once(2)), "application/apply-patch+yaml"),
        };
        var bytes = TreeJson.Write(tree);
        return new("PATCH", path + Options(dice) + (content.StartsWith("application/apply", StringComparison.Ordinal) && !dice.Once(9) ? "&fieldManager=f&force=true" : ""), dice.Once(4) ? dice.Spoil(bytes) : bytes, content);
    }

    /// <summary>Lists, gets and deletes with odd selectors and options.</summary>
    public static HostileRequest Query(Dice dice)
    {
        var type = dice.Of(Kept);
        string Selector() => string.Concat(Enumerable.Range(0, 1 + dice.Below(4)).Select(_ => dice.Word() + dice.Of((string[])["=", "==", "!=", " in (", ")", ",", " notin (", "!", " ", "", ">", "<"])));
        string[] names = ["labelSelector", "fieldSelector", "limit", "continue", "resourceVersion", "resourceVersionMatch", "sendInitialEvents", "allowWatchBookmarks", "pretty", "dryRun", "gracePeriodSeconds", "propagationPolicy", "orphanDependents", "fieldManager", "includeObject", dice.Word()];
        var query = string.Join("&", Enumerable.Range(0, dice.Below(4)).Select(_ =>
        {
            var name = dice.Of(names);
            return Uri.EscapeDataString(Whole(name)) + "=" + (dice.Once(6) ? "%zz" : Uri.EscapeDataString(Whole(name.EndsWith("Selector", StringComparison.Ordinal) ? Selector() : dice.Once(3) ? dice.Below(3000).ToString(System.Globalization.CultureInfo.InvariantCulture) : dice.Word())));
        }));
        var watch = dice.Once(20) ? "&watch=true&timeoutSeconds=1" : "";
        var accept = dice.Of((string[])["application/json", "application/yaml", "application/vnd.kubernetes.protobuf", "application/json;as=Table;v=v1;g=meta.k8s.io", "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io", "*/*", "text/html", ";;q=x", "application/cbor"]);
        return new(watch.Length > 0 ? "GET" : dice.Of((string[])["GET", "GET", "GET", "DELETE"]), $"{Path(type, dice)}{(dice.Once(3) ? "/thing" + dice.Below(30) : "")}?{query}{watch}", null, null, accept);
    }

    /// <summary>Paths that lead nowhere, or nearly somewhere.</summary>
    public static HostileRequest Anywhere(Dice dice)
    {
        string[] parts = ["api", "apis", "v1", "apps", "namespaces", "default", "pods", "deployments", "thing1", "status", "scale", "log", "exec", "attach", "portforward", "proxy", "token", "binding", "eviction", "watch", "openapi", "v2", "v3", "metrics", "healthz", "livez", "readyz", "version", "..", "%2e%2e", "%2F", "", "nodes", "services", "http:x:1", "debug", "logs", "%00", "%c3%28", "apiextensions.k8s.io", "customresourcedefinitions", ".well-known", "openid", "v1", "jwks", dice.Word()];
        var path = "/" + string.Join("/", Enumerable.Range(0, 1 + dice.Below(8)).Select(_ => dice.Of(parts)).Select(p => p.StartsWith('%') ? p : Uri.EscapeDataString(Whole(p))));
        var method = dice.Of((string[])["GET", "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "BREW"]);
        return new(method, path + (dice.Once(3) ? "?" + Uri.EscapeDataString(Whole(dice.Word())) : ""), method is "POST" or "PUT" or "PATCH" ? Encoding.UTF8.GetBytes(dice.Word()) : null, dice.Of((string[])["application/json", "text/plain", "", "application/json; charset=x", dice.Once(2) ? "/" : "application/octet-stream"]));
    }

    /// <summary>Definitions of custom resources with odd schemas and rules, and objects of them.</summary>
    public static HostileRequest Custom(Dice dice)
    {
        var number = dice.Below(6);
        if (dice.Once(2))
        {
            var item = (TreeMap)TreeJson.Parse($$$"""{"apiVersion":"fuzz{{{number}}}.example.com/v1","kind":"Fuzz{{{number}}}","metadata":{"name":"thing{{{dice.Below(9)}}}"}}""");
            item["spec"] = ObjectDice.Any(dice);
            return new("POST", $"/apis/fuzz{number}.example.com/v1/namespaces/default/fuzz{number}s" + Options(dice), TreeJson.Write(item), "application/json");
        }

        var definition = (TreeMap)TreeJson.Parse($$$"""
            {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"fuzz{{{number}}}s.fuzz{{{number}}}.example.com"},"spec":{"group":"fuzz{{{number}}}.example.com","scope":"Namespaced",
            "names":{"plural":"fuzz{{{number}}}s","kind":"Fuzz{{{number}}}"},"versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","properties":{"spec":{} } } } }]} }
            """);
        var version = (TreeMap)definition.Map("spec")!.List("versions")![0];
        version.Map("schema")!.Map("openAPIV3Schema")!.Map("properties")!["spec"] = Schema(dice, 0);
        return dice.Once(3)
            ? new("DELETE", $"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/fuzz{number}s.fuzz{number}.example.com", null, null)
            : new("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", TreeJson.Write(definition), "application/json");
    }

    /// <summary>Expressions, most of them wrong, in a policy that binds nothing.</summary>
    public static HostileRequest Expression(Dice dice)
    {
        var policy = (TreeMap)TreeJson.Parse($$$"""{"metadata":{"name":"fuzz-{{{dice.Below(1000)}}}"},"spec":{"matchConstraints":{"resourceRules":[{"apiGroups":["*"],"apiVersions":["*"],"operations":["*"],"resources":["*"]}]},"validations":[{}]}}""");
        ((TreeMap)policy.Map("spec")!.List("validations")![0])["expression"] = Expression(dice, 0);
        return new("POST", "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies?dryRun=All", TreeJson.Write(policy), "application/json");
    }

    private static string Expression(Dice dice, int depth)
    {
        string Next() => depth > 6 ? dice.Of((string[])["1", "'a'", "object", "self", "true", "x", "[]", "{}"]) : Expression(dice, depth + 1);
        return dice.Below(17) switch
        {
            0 => $"{Next()} {dice.Of((string[])["+", "-", "*", "/", "%", "&&", "||", "==", "!=", "<", "in", "?", ".", ",,"])} {Next()}",
            1 => $"{Next()}.{dice.Of((string[])["metadata", "name", "spec", "size()", "matches('(a+)+$')", "startsWith('a')", "split(',')", "join()", "find('[')", "sum()", "isSorted()", "lowerAscii()", "getHours()", "check('get').allowed()"])}",
            2 => $"{Next()}.{dice.Of((string[])["all", "exists", "exists_one", "map", "filter"])}(x, {Next()})",
            3 => $"[{Next()}, {Next()}]",
            4 => $"{{{Next()}: {Next()}}}",
            5 => $"{dice.Of((string[])["size", "int", "string", "bool", "duration", "timestamp", "quantity", "url", "ip", "cidr", "type", "has", "dyn", "double", "bytes", "optional.of", "sets.contains", "format"])}({Next()})",
            6 => $"({Next()}) ? {Next()} : {Next()}",
            7 => $"{Next()}[{Next()}]",
            8 => $"{Next()}[?{Next()}].?a.orValue({Next()})",
            9 => $"!{Next()}",
            10 => $"-{Next()}",
            11 => "'" + dice.Word().Replace("'", "", StringComparison.Ordinal) + "'",
            12 => dice.Number().ToString("R", System.Globalization.CultureInfo.InvariantCulture),
            13 => dice.Word(),
            14 => dice.Of((string[])["object", "oldObject", "request", "params", "namespaceObject", "variables.x", "authorizer.path('/x').check('get')", "self"]),
            _ => dice.Of((string[])["object.metadata.name", "request.userInfo.groups", "b'\\xff'", "r'a'", "0x1F", "1u", "null", "1.e5", "'\\u00e9'", "\"\"\"a\"\"\""]),
        };
    }

    private static TreeMap Schema(Dice dice, int depth)
    {
        var made = new TreeMap { ["type"] = dice.Of((string[])["object", "object", "array", "string", "integer", "number", "boolean", dice.Word()]) };
        if (depth < 4 && made.Text("type") == "object")
        {
            made["properties"] = new TreeMap { ["a"] = Schema(dice, depth + 1), [dice.Word()] = Schema(dice, depth + 1) };
        }

        if (depth < 4 && made.Text("type") == "array")
        {
            made["items"] = Schema(dice, depth + 1);
        }

        string[] more = ["default", "enum", "pattern", "format", "maximum", "maxLength", "minItems", "required", "nullable", "x-kubernetes-validations", "x-kubernetes-list-type", "x-kubernetes-list-map-keys", "x-kubernetes-preserve-unknown-fields", "x-kubernetes-int-or-string", "x-kubernetes-embedded-resource", "oneOf", "not", "allOf", "additionalProperties", "multipleOf"];
        for (var i = dice.Below(4); i > 0; i--)
        {
            var name = dice.Of(more);
            made[name] = name switch
            {
                "x-kubernetes-validations" => new TreeList([new TreeMap { ["rule"] = dice.Once(2) ? Expression(dice, 2) : dice.Of((string[])["self == oldSelf", "has(self.a)", "self.size() < 3", "self.all(x, x > 0)", "self.a.matches('^a$')"]) }]),
                "nullable" or "x-kubernetes-preserve-unknown-fields" or "x-kubernetes-int-or-string" or "x-kubernetes-embedded-resource" => TreeJson.Parse("true"),
                "required" or "x-kubernetes-list-map-keys" => new TreeList([(TreeString)"a"]),
                "oneOf" or "allOf" => new TreeList([Schema(dice, depth + 2)]),
                "not" or "additionalProperties" => Schema(dice, depth + 2),
                "pattern" or "format" or "x-kubernetes-list-type" => (TreeString)dice.Of((string[])["^a+$", "(a+)+$", "[", "date-time", "ipv4", "map", "set", "atomic", dice.Word()]),
                "maxLength" or "minItems" => TreeInteger.Of(dice.Below(5)),
                _ => ObjectDice.Any(dice),
            };
        }

        return made;
    }

    private static TreeList JsonPatch(Dice dice, ResourceType type) => new(Enumerable.Range(0, dice.Below(5)).Select(_ =>
    {
        var path = "/" + string.Join("/", Enumerable.Range(0, dice.Below(5)).Select(_ => dice.Once(2) ? dice.Of(type.Schema.Fields).Name : dice.Of((string[])["0", "-", "1", "name", "labels", "containers", "~0", "~1", "~2", dice.Word()])));
        return (Tree)new TreeMap { ["op"] = dice.Of((string[])["add", "remove", "replace", "move", "copy", "test", dice.Word()]), ["path"] = path, ["from"] = "/metadata/labels", ["value"] = ObjectDice.Any(dice) };
    }));

    private static TreeMap Directed(Dice dice, TreeMap patch)
    {
        patch[dice.Of((string[])["$patch", "$retainKeys", "$setElementOrder/containers", "$deleteFromPrimitiveList/finalizers"])] = dice.Once(2) ? (TreeString)dice.Of((string[])["delete", "replace", "merge", "x"]) : ObjectDice.Any(dice);
        return patch;
    }

    private static TreeMap Canonical(ResourceType type, TreeMap value) =>
        TreeDecoder.Decode(type.Schema, TreeJson.Write(value), FieldValidation.Ignore).Object ?? new TreeMap();

    // JSON is YAML; what only YAML has comes on top.
    private static string Yaml(Dice dice, TreeMap value) =>
        dice.Of((string[])["", "---\n", "%YAML 1.2\n---\n", "# c\n"]) + TreeJson.WriteText(value) + dice.Of((string[])["", "\n---\na: b\n", "\n...\n", "\n&a [*a]\n", "\n? x\n: y"]);

    private static string Path(ResourceType type, Dice dice)
    {
        var root = (type.Group.Length == 0 ? "/api/" : $"/apis/{type.Group}/") + type.Version;
        return (type.Namespaced ? root + (dice.Once(30) ? "/namespaces/none/" : "/namespaces/default/") : root + "/") + type.Plural;
    }

    private static string Options(Dice dice) => "?fieldValidation=" + dice.Of((string[])["Strict", "Warn", "Ignore", "Other"]) + (dice.Once(3) ? "&dryRun=All" : "");

    // Half a pair of surrogates cannot be escaped.
    private static string Whole(string text) => text.Replace("\ud83d", "?", StringComparison.Ordinal);
}
