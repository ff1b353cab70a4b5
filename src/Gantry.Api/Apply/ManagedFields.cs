using Gantry.Api.Trees;

namespace Gantry.Api.Apply;

/// <summary>The managed fields of one object, from and to <c>metadata.managedFields</c>.</summary>
internal static class ManagedFields
{
    private const string FieldsType = "FieldsV1";

    /// <summary>The entries of an encoded list.</summary>
    /// <exception cref="TreeException">An entry is malformed; the message says how.</exception>
    public static Dictionary<ManagerKey, ManagedEntry> Decode(TreeList? list)
    {
        var managers = new Dictionary<ManagerKey, ManagedEntry>(list?.Count ?? 0);
        for (var i = 0; i < list?.Count; i++)
        {
            if (list[i] is not TreeMap entry)
            {
                throw new TreeException($"managed fields entry {i} is no object");
            }
            var operation = entry.Text("operation");
            if (operation is not ("Apply" or "Update"))
            {
                throw new TreeException("operation must be `Apply` or `Update`");
            }
            var apiVersion = entry.Text("apiVersion") ?? "";
            if (apiVersion.Length == 0)
            {
                throw new TreeException("apiVersion must not be empty");
            }
            switch (entry.Text("fieldsType"))
            {
                case FieldsType:
                    break;
                case null or "":
                    throw new TreeException($"missing fieldsType in managed fields entry {i}");
                case var other:
                    throw new TreeException($"invalid fieldsType {GoSyntax.Quoted(other)} in managed fields entry {i}");
            }
            var applies = operation == "Apply";
            var key = new ManagerKey(entry.Text("manager") ?? "", applies, applies ? "" : apiVersion, entry.Text("subresource") ?? "");
            var fields = entry["fieldsV1"] is { } encoded and not TreeNull ? FieldsV1.Decode(encoded) : FieldSet.Empty;
            managers[key] = new(fields, apiVersion, entry.Text("time"));
        }
        return managers;
    }

    /// <summary>The list in its order: appliers first, then by time, name, version and subresource; null where there is no entry.</summary>
    public static TreeList? Encode(Dictionary<ManagerKey, ManagedEntry> managers)
    {
        if (managers.Count == 0)
        {
            return null;
        }
        var entries = managers.ToArray();
        Array.Sort(entries, Order);
        var list = new TreeList(entries.Length);
        foreach (var (key, value) in entries)
        {
            var entry = new TreeMap(7);
            if (key.Manager.Length > 0)
            {
                entry.Add("manager", key.Manager);
            }
            entry.Add("operation", key.Applies ? "Apply" : "Update");
            entry.Add("apiVersion", value.ApiVersion);
            if (value.Time is { } time)
            {
                entry.Add("time", time);
            }
            entry.Add("fieldsType", FieldsType);
            entry.Add("fieldsV1", FieldsV1.Encode(value.Fields));
            if (key.Subresource.Length > 0)
            {
                entry.Add("subresource", key.Subresource);
            }
            list.Add(entry);
        }
        return list;
    }

    /// <summary>Whether a user asks for managed fields to be forgotten: no entry, or one that says nothing.</summary>
    public static bool IsReset(TreeList? list) =>
        list is { Count: 0 } || (list is { Count: 1 } && list[0] is TreeMap entry && entry.All(member => Zero.Is(member.Value)));

    public static TreeList? ListOf(TreeMap value) => value.Map("metadata")?.List("managedFields");

    /// <summary>The object with other managed fields (none for null); shares everything else.</summary>
    public static TreeMap With(TreeMap value, TreeList? list)
    {
        var metadata = value.Map("metadata");
        if (list is null ? metadata?.Contains("managedFields") != true : ReferenceEquals(metadata?["managedFields"], list))
        {
            return value;
        }
        return value.With("metadata", (metadata ?? new TreeMap()).With("managedFields", list));
    }

    private static int Order(KeyValuePair<ManagerKey, ManagedEntry> left, KeyValuePair<ManagerKey, ManagedEntry> right)
    {
        if (left.Key.Applies != right.Key.Applies)
        {
            return left.Key.Applies ? -1 : 1;
        }
        var order = string.CompareOrdinal(left.Value.Time ?? "", right.Value.Time ?? "");
        order = order != 0 ? order : string.CompareOrdinal(left.Key.Manager, right.Key.Manager);
        order = order != 0 ? order : string.CompareOrdinal(left.Value.ApiVersion, right.Value.ApiVersion);
        return order != 0 ? order : string.CompareOrdinal(left.Key.Subresource, right.Key.Subresource);
    }
}
