namespace Gantry.Api.Cel;

/// <summary>Variables with values that are there already.</summary>
public sealed class CelBindings : ICelBindings
{
    private readonly Dictionary<string, CelValue> _values = new(StringComparer.Ordinal);

    /// <summary>Sets a variable.</summary>
    public CelValue this[string name]
    {
        set => _values[name] = value;
    }

    public bool TryFind(string name, out CelValue value) => _values.TryGetValue(name, out value);
}
