using Gantry.Api.Cel;
using Gantry.Api.Models;
using Gantry.Api.Schemas;
using Gantry.Server.Handling;

namespace Gantry.Server.Admission.Policies;

/// <summary>
/// Checks the validations of a policy against the schemas of the kinds that its rules name, which compiling alone cannot: there objects may be anything.
/// Words and limits: apiserver's <c>policy/validating/typechecking.go</c>.
/// </summary>
internal static class PolicyTypeCheck
{
    private const int MostKinds = 10;

    /// <summary>What is doubtful about the expressions of a policy.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="resources">Where kinds and their schemas come from.</param>
    public static IReadOnlyList<V1ExpressionWarning> Check(V1ValidatingAdmissionPolicy policy, ResourceTable resources)
    {
        var kinds = Kinds(policy, resources).Select(r => (r.Type, Cel: TypeOf(r))).Where(k => k.Cel is not null).ToList();
        var parameters = policy.Spec.ParamKind is { } kind && PolicyParameters.ResourceOf(kind, resources) is { } found ? TypeOf(found) : null;
        var warnings = new List<V1ExpressionWarning>();
        for (var i = 0; i < policy.Spec.Validations.Count; i++)
        {
            var rule = policy.Spec.Validations[i];
            foreach (var (field, expression) in new[] { ("expression", rule.Expression), ("messageExpression", rule.MessageExpression) })
            {
                if (expression.Length == 0)
                {
                    continue;
                }

                var issues = kinds.Select(k => Issues(policy, expression, k.Type, k.Cel!, parameters)).Where(t => t.Length > 0).ToList();
                if (issues.Count > 0)
                {
                    warnings.Add(new V1ExpressionWarning { FieldRef = $"spec.validations[{i}].{field}", Warning = string.Join("\n", issues) });
                }
            }
        }

        return warnings;
    }

    private static string Issues(V1ValidatingAdmissionPolicy policy, string expression, ResourceType type, CelType value, CelType? parameters)
    {
        var environment = CelEnvironment.Stored.With("object", value).With("oldObject", value).With("request", PolicyTypes.Request)
            .With("namespaceObject", PolicyTypes.Namespace).With("authorizer", CelAuthorizer.AuthorizerType);
        if (parameters is not null)
        {
            environment = environment.With("params", parameters);
        }

        var types = new List<(string Name, CelType Type)>();
        foreach (var variable in policy.Spec.Variables)
        {
            types.Add((variable.Name, PolicyEnvironment.With(environment, types).Compile(variable.Expression).Program?.ResultType ?? CelType.Dyn));
        }

        var compiled = PolicyEnvironment.With(environment, types).Compile(expression);
        return compiled.Errors.Count == 0 ? "" : $"{type.Group}/{type.Version}, Kind={type.Kind}: {compiled.Issues}\n";
    }

    private static CelType? TypeOf(ServedResource resource) => resource.Custom is null ? CelSchema.Of(resource.Type)
        : resource.Custom?.Source is { } schema ? CelSchema.Of(schema, isResource: true, resource.Type.Kind) : null;

    // Rules that name everything name nothing in particular.
    private static IEnumerable<ServedResource> Kinds(V1ValidatingAdmissionPolicy policy, ResourceTable resources)
    {
        var found = new List<ServedResource>();
        foreach (var rule in policy.Spec.MatchConstraints?.ResourceRules ?? [])
        {
            if (rule.ApiGroups.Concat(rule.ApiVersions).Any(n => n.Contains('*', StringComparison.Ordinal)))
            {
                continue;
            }

            var named =
                from g in rule.ApiGroups.Order(StringComparer.Ordinal)
                from v in rule.ApiVersions.Order(StringComparer.Ordinal)
                from r in rule.Resources.Where(r => !r.AsSpan().ContainsAny('*', '/')).Order(StringComparer.Ordinal)
                select resources.Find(g, v, r);
            found.AddRange(named.OfType<ServedResource>().Take(MostKinds));
        }

        return found.Distinct().OrderBy(r => r.Type.Group, StringComparer.Ordinal).ThenBy(r => r.Type.Version, StringComparer.Ordinal)
            .ThenBy(r => r.Type.Kind, StringComparer.Ordinal).Take(MostKinds);
    }
}
