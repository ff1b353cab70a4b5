using Gantry.Api.Trees;

namespace Gantry.Api.Cel;

/// <summary>A map or a list of a tree together with what a schema says about it.</summary>
internal sealed class CelTypedTree(Tree tree, CelType type)
{
    public CelType Type { get; } = type;

    public TreeMap? Map { get; } = tree as TreeMap;

    public TreeList? List { get; } = tree as TreeList;

    public int Count => Map?.Count ?? List!.Count;

    public CelValue ItemAt(int index) => CelValue.Of(List![index], Type.Parameters[0]);

    public CelValue ValueAt(int index) => Value(Map!.KeyAt(index), Map.ValueAt(index));

    /// <summary>What is under a key: of a struct a field by the name that expressions use, whose null is as if it were not there; of a map an entry.</summary>
    public bool TryFind(string key, out CelValue value)
    {
        value = default;
        if (Type.Kind == CelTypeKind.Map)
        {
            if (Map![key] is not { } entry)
            {
                return false;
            }
            value = CelValue.Of(entry, Type.Parameters[1]);
            return true;
        }
        if (!Type.Fields!.TryGetValue(key, out var field) || Map![field.Property] is not { } found || found is TreeNull)
        {
            return false;
        }
        value = CelValue.Of(found, field.Type);
        return true;
    }

    // What the schema does not describe is compared as it is.
    private CelValue Value(string property, Tree value)
    {
        if (Type.Kind == CelTypeKind.Map)
        {
            return CelValue.Of(value, Type.Parameters[1]);
        }
        return Syntax.CelNames.Escape(property) is { } name && Type.Fields!.TryGetValue(name, out var field) && field.Property == property && value is not TreeNull
            ? CelValue.Of(value, field.Type) : CelValue.Of(value);
    }
}
