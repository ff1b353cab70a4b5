namespace Gantry.Api.Cel;

/// <summary>Calls that are syntax: <c>has()</c> and the loops over lists and maps.</summary>
internal static class CelMacros
{
    /// <summary>The node of <c>has(e.f)</c>, or null when the call is another.</summary>
    public static CelNode? Has(CelToken name, List<CelNode> arguments)
    {
        if (name.Text != "has" || arguments.Count != 1)
        {
            return null;
        }
        return arguments[0] is CelNode.Select { TestOnly: false } select
            ? select with { TestOnly = true, Position = name.Position }
            : throw new CelSyntaxException("invalid argument to has() macro", name.Position);
    }

    /// <summary>The loop that a method call stands for, or null when the call is a plain one.</summary>
    public static CelNode? Expand(CelToken name, CelNode range, List<CelNode> arguments)
    {
        var loops = name.Text switch
        {
            "all" or "exists" or "exists_one" or "filter" => arguments.Count == 2,
            "map" => arguments.Count is 2 or 3,
            _ => false,
        };
        if (!loops)
        {
            return null;
        }
        if (arguments[0] is not CelNode.Name { Global: false } variable)
        {
            throw new CelSyntaxException("argument must be a simple name", arguments[0].Position);
        }
        return name.Text == "map"
            ? new CelNode.Comprehension(name.Position, "map", range, variable.Text, arguments.Count == 3 ? arguments[1] : null, arguments[^1])
            : new CelNode.Comprehension(name.Position, name.Text, range, variable.Text, arguments[1], null);
    }
}
