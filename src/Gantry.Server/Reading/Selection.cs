using Gantry.Client.Selectors;
using Gantry.Server.Handling;
using Gantry.Server.Registry;
using Gantry.Server.Statuses;

namespace Gantry.Server.Reading;

/// <summary>Which objects of a resource a list, watch or deletion of a collection is about.</summary>
public sealed class Selection
{
    private readonly LabelSelector _labels;
    private readonly ulong _marks;
    private readonly bool _isNamespaced;
    private readonly (Func<StoredObject, string> Read, bool Equal, string Value)[] _fields;

    private Selection(ServedResource resource, string ns, LabelSelector labels, FieldSelector fields)
    {
        Namespace = ns;
        _labels = labels;
        _marks = LabelMarks.Of(labels);
        _isNamespaced = resource.Type.Namespaced;
        _fields = [.. fields.Requirements.Select(r => (SelectableFields.Reader(resource, r.Field), r.Equal, r.Value))];
        Name = fields.Exact("metadata.name");
        // Fields of custom resources may read differently in each of their versions, so nobody is pinned to them.
        Pin = resource.Custom is null && fields.Requirements.FirstOrDefault(r => r.Equal) is { } pinned
            ? new ChangePin(pinned.Field, SelectableFields.Reader(resource, pinned.Field), pinned.Value)
            : ns.Length > 0 ? new ChangePin("metadata.namespace", static value => value.Namespace, ns) : null;
        ReadsContent = fields.Requirements.Any(r => !r.Field.StartsWith("metadata.", StringComparison.Ordinal));
    }

    /// <summary>Empty for all.</summary>
    public string Namespace { get; }

    /// <summary>Whether objects are looked into further than their metadata.</summary>
    public bool ReadsContent { get; }

    /// <summary>The one name that can match, or null.</summary>
    public string? Name { get; }

    /// <summary>The field that every matching object has at one value, or null.</summary>
    public ChangePin? Pin { get; }

    /// <summary>Whether every object of the namespace matches.</summary>
    public bool IsEverything => _labels.IsEverything && _fields.Length == 0;

    /// <summary>Reads the selectors of a request.</summary>
    /// <returns>The selection, or the refusal.</returns>
    public static (Selection? Selection, ApiStatus? Refusal) Of(ServedResource resource, string ns, string name, string labelText, string fieldText)
    {
        if (!LabelSelector.TryParse(labelText, out var labels, out var error))
        {
            return (null, ApiStatus.BadRequest(error));
        }

        if (!FieldSelector.TryParse(fieldText, out var fields, out error))
        {
            return (null, ApiStatus.BadRequest(error));
        }

        foreach (var requirement in fields.Requirements)
        {
            if (SelectableFields.Problem(resource, requirement.Field) is { } problem)
            {
                return (null, ApiStatus.BadRequest(problem));
            }
        }

        if (name.Length > 0)
        {
            if (!fields.IsEverything && fields.Exact("metadata.name") != name)
            {
                return (null, ApiStatus.BadRequest("fieldSelector metadata.name doesn't match requested name"));
            }

            fields = new FieldSelector([.. fields.Requirements, new FieldRequirement("metadata.name", true, name)]);
        }

        return (new Selection(resource, ns, labels, fields), null);
    }

    /// <summary>The matching objects of a snapshot, in order.</summary>
    /// <param name="snapshot">The objects.</param>
    /// <param name="after">The key they come after; empty for the beginning.</param>
    public IEnumerable<StoredObject> In(CacheSnapshot snapshot, string after = "")
    {
        if (Name is { } name && (Namespace.Length > 0 || !_isNamespaced))
        {
            return after.Length == 0 && snapshot.Find(Namespace, name) is { } one && Matches(one) ? [one] : [];
        }

        var objects = snapshot.In(Namespace, after);
        return IsEverything ? objects : objects.Marked(_marks).Where(Matches);
    }

    public bool Matches(StoredObject value)
    {
        if (Namespace.Length > 0 && !string.Equals(value.Namespace, Namespace, StringComparison.Ordinal))
        {
            return false;
        }

        if (!_labels.Matches(value.Labels))
        {
            return false;
        }

        foreach (var (read, equal, wanted) in _fields)
        {
            if (string.Equals(read(value), wanted, StringComparison.Ordinal) != equal)
            {
                return false;
            }
        }

        return true;
    }
}
