using System.Collections.Frozen;
using System.Text.Json;
using Gantry.Api.Schemas;
using Gantry.Server.Handling;
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
        [("events.k8s.io", "events")] =
        [
            "regarding.kind", "regarding.namespace", "regarding.name", "regarding.uid", "regarding.apiVersion", "regarding.resourceVersion",
            "regarding.fieldPath", "reason", "reportingController", "type",
        ],
        [("", "nodes")] = ["spec.unschedulable"],
        [("", "namespaces")] = ["status.phase"],
        [("", "secrets")] = ["type"],
        [("", "services")] = ["spec.clusterIP", "spec.type"],
        [("", "replicationcontrollers")] = ["status.replicas"],
        [("batch", "jobs")] = ["status.successful"],
        [("certificates.k8s.io", "certificatesigningrequests")] = ["spec.signerName"],
    }.ToFrozenDictionary();

    /// <summary>What is wrong with selecting by that field, or null.</summary>
    public static string? Problem(ServedResource resource, string field)
    {
        var type = resource.Type;
        if (field == "metadata.name")
        {
            return null;
        }

        if (resource.Custom is { } custom)
        {
            return (field == "metadata.namespace" && type.Namespaced) || custom.SelectableFields.Contains(field, StringComparer.Ordinal)
                ? null : "field label not supported: " + field;
        }

        if (!Fields.TryGetValue((type.Group, type.Plural), out var known))
        {
            return field == "metadata.namespace" ? null : $"\"{field}\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"";
        }

        return (field == "metadata.namespace" && type.Namespaced) || known.Contains(Named(type, field), StringComparer.Ordinal) ? null
            : type is { Group: "batch", Plural: "jobs" } ? $"field label \"{field}\" not supported for batchv1.Job"
            : "field label not supported: " + field;
    }

    // A name of the first days that is still understood.
    private static string Named(ResourceType type, string field) => field == "spec.host" && type is { Group: "", Plural: "pods" } ? "spec.nodeName" : field;

    /// <summary>Reads one field of objects of a kind; resolved once for each selector.</summary>
    /// <param name="resource">The kind as the selector knows it.</param>
    /// <param name="field">One without a <see cref="Problem"/>.</param>
    public static Func<StoredObject, string> Reader(ServedResource resource, string field)
    {
        switch (field)
        {
            case "metadata.name":
                return static value => value.Name;
            case "metadata.namespace":
                return static value => value.Namespace;
        }

        if (resource.Custom is { } custom)
        {
            // Definitions change while their objects stay, so objects cannot keep values by the place of their field.
            return value => Scan(custom.Family.Seen(custom, value), field);
        }

        // Both kinds of events are the same stored objects, so they share the places of their fields.
        var type = resource.Type;
        field = Named(type, field);
        var fields = type.Group == "events.k8s.io" ? OfEvents : Fields[(type.Group, type.Plural)];
        var place = Array.IndexOf(fields, type.Group == "events.k8s.io" ? Stored(field) : field);
        string Found(StoredObject value, int at) => Read(value.Json, fields[at]);
        Func<StoredObject, int, string> read = Found;
        return value => value.Field(place, fields.Length, read);
    }

    private static string Read(byte[] json, string field)
    {
        switch (field)
        {
            case "spec.unschedulable" or "spec.hostNetwork":
                return Scan(json, field) is { Length: > 0 } set ? set : "false";
            case "status.replicas" or "status.successful":
                return Scan(json, field == "status.successful" ? "status.succeeded" : field) is { Length: > 0 } count ? count : "0";
            case "status.podIPs":
                // Understood, but of no pod: whatever is asked for, none has it.
                return "";
            case "source":
                return Scan(json, "source.component") is { Length: > 0 } source ? source : Scan(json, "reportingComponent");
            default:
                return Scan(json, Stored(field));
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
