namespace Gantry.Scheduler.State;

/// <summary>Things that care about pods of one namespace, or of any; finds those that may care about a given namespace.</summary>
internal sealed class Scoped<T>
    where T : class
{
    private readonly Dictionary<string, List<T>> _byNamespace = new(StringComparer.Ordinal);
    private readonly List<T> _anywhere = [];

    /// <summary>The things that may match in any namespace.</summary>
    public List<T> Anywhere => _anywhere;

    /// <summary>The things bound to this namespace; null when there are none.</summary>
    public List<T>? In(string name) => _byNamespace.GetValueOrDefault(name);

    public void Add(string? onlyNamespace, T item)
    {
        if (onlyNamespace is null)
        {
            _anywhere.Add(item);
            return;
        }

        if (!_byNamespace.TryGetValue(onlyNamespace, out var list))
        {
            _byNamespace[onlyNamespace] = list = [];
        }

        list.Add(item);
    }

    public void Remove(string? onlyNamespace, T item)
    {
        if (onlyNamespace is null)
        {
            _anywhere.Remove(item);
        }
        else if (_byNamespace.TryGetValue(onlyNamespace, out var list) && list.Remove(item) && list.Count == 0)
        {
            _byNamespace.Remove(onlyNamespace);
        }
    }
}
