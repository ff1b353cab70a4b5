using Gantry.Api.Cel;
using Gantry.Api.Trees;

namespace Gantry.Server.CustomResources.Expressions;

/// <summary>The rules of a schema and of those in it that have any, compiled. Immutable.</summary>
internal sealed class RuleNode
{
    private RuleNode(StructuralSchema schema, CelType? type, IReadOnlyList<CompiledRule> rules)
    {
        Schema = schema;
        Type = type;
        Rules = rules;
        UsesOldSelf = rules.Any(r => r.UsesOldSelf);
    }

    public StructuralSchema Schema { get; }

    /// <summary>The type of its values; null where no rule could be compiled for want of one.</summary>
    public CelType? Type { get; }

    public IReadOnlyList<CompiledRule> Rules { get; }

    public bool UsesOldSelf { get; }

    public RuleNode? Items { get; private init; }

    public RuleNode? Additional { get; private init; }

    public IReadOnlyDictionary<string, RuleNode> Properties { get; private init; } = new Dictionary<string, RuleNode>();

    public IReadOnlyList<RuleNode> AllOf { get; private init; } = [];

    /// <summary>Compiles the rules of a schema.</summary>
    /// <param name="schema">The schema.</param>
    /// <param name="isResource">Whether it describes a whole object.</param>
    /// <returns>Null where there are none.</returns>
    public static RuleNode? Of(StructuralSchema schema, bool isResource) => schema.HoldsRules ? Of(schema, schema, isResource) : null;

    // Of a combined schema the rules are its own, what the values are is told by the schema around it.
    private static RuleNode? Of(StructuralSchema stating, StructuralSchema describing, bool isResource)
    {
        var stated = ValidationRule.Of(stating.Source);
        CelType? type = null;
        IReadOnlyList<CompiledRule> rules = [];
        if (stated.Count > 0)
        {
            type = CelSchema.Of(describing.Source, isResource);
            rules = type is null ? [] : [.. stated.Select(r => CompiledRule.Of(r, describing.Source, type, static _ => CelEnvironment.Stored))];
        }

        var properties = new Dictionary<string, RuleNode>(StringComparer.Ordinal);
        foreach (var (name, part) in stating.Properties)
        {
            if (describing.Properties.GetValueOrDefault(name) is { } described && Of(part, described, described.IsEmbedded) is { } node)
            {
                properties[name] = node;
            }
        }

        var result = new RuleNode(describing, type, rules)
        {
            Items = Below(stating.Items, describing.Items),
            Additional = Below(stating.Additional, describing.Additional),
            Properties = properties,
            AllOf = [.. (stating.Rules?.AllOf ?? []).Select(a => Of(a, describing, isResource)).OfType<RuleNode>()],
        };
        return stated.Count > 0 || properties.Count > 0 || result.Items is not null || result.Additional is not null || result.AllOf.Count > 0 ? result : null;
    }

    private static RuleNode? Below(StructuralSchema? stating, StructuralSchema? describing) =>
        stating is null || describing is null ? null : Of(stating, describing, describing.IsEmbedded);
}
