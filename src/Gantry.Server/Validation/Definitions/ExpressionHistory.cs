using Gantry.Api.Cel;
using Gantry.Api.Models;
using Gantry.Api.Trees;
using Gantry.Server.CustomResources.Expressions;

namespace Gantry.Server.Validation.Definitions;

/// <summary>What of a definition is stored already: expressions that were accepted once may go on using what new ones may not, and cost what they did.</summary>
internal sealed class ExpressionHistory
{
    private readonly HashSet<string> _expressions = new(StringComparer.Ordinal);
    private readonly IReadOnlyList<V1CustomResourceDefinitionVersion> _versions;

    public ExpressionHistory(V1CustomResourceDefinition? old)
    {
        _versions = old?.Spec.Versions ?? [];
        foreach (var version in _versions)
        {
            if (version.Schema?.OpenAPIV3Schema is { } schema)
            {
                Collect(DefinitionRules.Tree(schema));
            }
        }
    }

    /// <summary>The environment that an expression is compiled in.</summary>
    public CelEnvironment Environment(string expression) => _expressions.Contains(expression) ? CelEnvironment.Stored : CelEnvironment.New;

    /// <summary>Whether a version of the stored definition has the very same schema.</summary>
    public bool Knows(V1CustomResourceValidation schema) => _versions.Any(v => Equals(v.Schema, schema));

    private void Collect(TreeMap schema)
    {
        foreach (var rule in ValidationRule.Of(schema))
        {
            _expressions.Add(rule.Rule);
            _expressions.Add(rule.MessageExpression);
        }

        foreach (var part in Schemas.Below(schema))
        {
            Collect(part);
        }
    }
}
