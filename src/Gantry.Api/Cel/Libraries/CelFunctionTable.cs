namespace Gantry.Api.Cel.Libraries;

/// <summary>The functions of an environment by name. Filled once, then only read.</summary>
internal sealed class CelFunctionTable
{
    private readonly Dictionary<string, List<CelOverload>> _functions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CelType> _types = new(StringComparer.Ordinal);

    /// <summary>The overloads of a function in the order of their declaration; none where there is no such function.</summary>
    public IReadOnlyList<CelOverload> Find(string name) => _functions.TryGetValue(name, out var found) ? found : [];

    /// <summary>The type that a name stands for, or null.</summary>
    public CelType? FindType(string name) => _types.GetValueOrDefault(name);

    public void Type(CelType type) => _types[type.Name] = CelType.TypeOf(type);

    /// <summary>Declares a function or an operator.</summary>
    /// <param name="name">Its name, with the namespace where it has one.</param>
    /// <param name="id">The signature's name.</param>
    /// <param name="arguments">The types it takes.</param>
    /// <param name="result">The type it gives.</param>
    /// <param name="run">What it does; null for what the evaluation does itself.</param>
    public void Global(string name, string id, CelType[] arguments, CelType result, Func<CelValue[], CelValue>? run) =>
        Add(new CelOverload(name, id, false, arguments, result, run));

    /// <summary>Declares a method; the first type is that of its target.</summary>
    /// <inheritdoc cref="Global"/>
    public void Member(string name, string id, CelType[] arguments, CelType result, Func<CelValue[], CelValue>? run) =>
        Add(new CelOverload(name, id, true, arguments, result, run));

    private void Add(CelOverload overload)
    {
        if (!_functions.TryGetValue(overload.Function, out var overloads))
        {
            _functions[overload.Function] = overloads = [];
        }
        overloads.Add(overload);
    }
}
