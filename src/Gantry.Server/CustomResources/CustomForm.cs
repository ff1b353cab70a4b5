using Gantry.Api.Apply;
using Gantry.Server.CustomResources.Expressions;

namespace Gantry.Server.CustomResources;

/// <summary>What is made of one version's schema to read, check and merge its objects: many times the size of the schema itself.</summary>
internal sealed class CustomForm
{
    // Of most kinds objects are never written by this server.
    private readonly Lazy<RuleNode?> _rules;

    public CustomForm(CustomKind kind)
    {
        var type = kind.Type;
        Schema = kind.Source is { } source ? StructuralSchema.Of(SchemaText.Cut(source)) : null;
        Managed = new ManagedType(
            CustomShapes.Of(type.Schema, Schema), type.Group, type.Version, type.Kind, new Gantry.Api.Trees.TreeMap { ["apiVersion"] = type.ApiVersion, ["kind"] = type.Kind });
        _rules = new Lazy<RuleNode?>(() => Schema is { HoldsRules: true } rules ? RuleNode.Of(rules, isResource: true) : null);
    }

    /// <summary>The schema; null where the definition states none.</summary>
    public StructuralSchema? Schema { get; }

    /// <summary>How applies merge objects.</summary>
    public ManagedType Managed { get; }

    /// <summary>The compiled expressions; null where there are none.</summary>
    public RuleNode? Rules => _rules.Value;

    /// <summary>Whether it was used since <see cref="CustomForms"/> last looked.</summary>
    public bool IsUsed { get; set; }
}
