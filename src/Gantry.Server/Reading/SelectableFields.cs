using System.Collections.Frozen;
using System.Text.Json;
using Gantry.Api.Schemas;
using Gantry.Server.Registry;

namespace Gantry.Server.Reading;

/// <summary>The fields that field selectors may name, kind by kind, and their values.</summary>
internal static class SelectableFields
{
    private static readonly string[] OfEvents =
    [
        "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid", "involvedObject.apiVersion",
        "involvedObject.resourceVersion", "involvedObject.fieldPath", "reason", "reportingComponent", "source", "type",
    ];

    private static readonly FrozenDictionary<(string Group, string Plural), string[]> Fields = new Dictionary<(string, string), string[]>
    {
        [("", "pods")] =
        [
            "spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "spec.hostNetwork", "status.phase", "status.podIP",
            "status.podIPs", "status.nominatedNodeName",
        ],
        [("", "events")] = OfEvents,
        [("events.k8s.io", "events")] = ["regarding.kind", "regarding.namespace", "regarding.name", "regarding.uid", "reason", "reportingController", "type"],
        [("", "nodes")] = ["spec.unschedulable"],
        [("", "namespaces")] = ["status.phase"],
        [("", "secrets")] = ["type"],
        [("", "services")] = ["spec.clusterIP", "spec.type"],
        [("", "replicationcontrollers")] = ["status.replicas"],
        [("apps", "replicasets")] = ["status.replicas"],
        [("batch", "jobs")] = ["status.successful"],
        [("certificates.k8s.io", "certificatesigningrequests")] = ["spec.signerName"],
    }.ToFrozenDictionary();

    /// <summary>What is wrong with selecting by that field, or null.</summary>
    public static string? Problem(ResourceType type, string field)
    {
        if (field == "metadata.name" || (field == "metadata.namespace" && (type.Namespaced || type.Group.Length == 0)))
        {
            return null;
        }

        if (!Fields.TryGetValue((type.Group, type.Plural), out var known))
        {
            return $"\"{field}\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"";
        }

        return known.Contains(field, StringComparer.Ordinal) ? null : "field label not supported: " + field;
    }

    /// <summary>The field's text, empty where it is unset.</summary>
    public static string Read(StoredObject value, string field)
    {
        switch (field)
        {
            case "metadata.name":
                return value.Name;
            case "metadata.namespace":
                return value.Namespace;
            case "spec.unschedulable" or "spec.hostNetwork":
                return Scan(value.Json, field) is { Length: > 0 } set ? set : "false";
            case "status.replicas" or "status.successful":
                return Scan(value.Json, field == "status.successful" ? "status.succeeded" : field) is { Length: > 0 } count ? count : "0";
            case "reportingComponent":
                return Scan(value.Json, "reportingComponent");
            case "source":
                return Scan(value.Json, "source.component") is { Length: > 0 } source ? source : Scan(value.Json, "reportingComponent");
            default:
                return Scan(value.Json, Stored(field));
        }
    }

    // Events are stored in the core group's form.
    private static string Stored(string field) =>
        field.StartsWith("regarding.", StringComparison.Ordinal) ? "involvedObject." + field["regarding.".Length..]
        : field == "reportingController" ? "reportingComponent"
        : field;

    private static string Scan(ReadOnlySpan<byte> json, string path)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        foreach (var part in path.Split('.'))
        {
            if (!Enter(ref reader, part))
            {
                return "";
            }
        }

        return reader.TokenType switch
        {
            JsonTokenType.String => reader.GetString() ?? "",
            JsonTokenType.True => "true",
            JsonTokenType.False => "false",
            JsonTokenType.Number => System.Text.Encoding.UTF8.GetString(reader.ValueSpan),
            _ => "",
        };
    }

    private static bool Enter(ref Utf8JsonReader reader, string name)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var found = reader.ValueTextEquals(name);
            reader.Read();
            if (found)
            {
                return true;
            }

            reader.Skip();
        }

        return false;
    }
}
