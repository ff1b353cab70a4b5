using Gantry.Api.Cel;
using Gantry.Api.Models;
using Gantry.Api.Trees;
using Gantry.Server.Admission.Policies;

namespace Gantry.Server.Authorization.Webhook;

/// <summary>The conditions under which a deciding server is asked: expressions over the review as <c>request</c>.</summary>
internal sealed class MatchExpressions
{
    private static readonly CelType Request = PolicyTypes.Struct(
        "kubernetes.SubjectAccessReviewSpec",
        ("resourceAttributes", PolicyTypes.Struct(
            "kubernetes.ResourceAttributes",
            ("namespace", CelType.String), ("verb", CelType.String), ("group", CelType.String), ("version", CelType.String), ("resource", CelType.String),
            ("subresource", CelType.String), ("name", CelType.String), ("fieldSelector", Selector("Field")), ("labelSelector", Selector("Label")))),
        ("nonResourceAttributes", PolicyTypes.Struct("kubernetes.NonResourceAttributes", ("path", CelType.String), ("verb", CelType.String))),
        ("user", CelType.String), ("groups", CelType.List(CelType.String)), ("extra", CelType.Map(CelType.String, CelType.List(CelType.String))), ("uid", CelType.String));

    private static readonly CelEnvironment Environment = CelEnvironment.Stored.With("request", Request);

    private readonly IReadOnlyList<CelProgram> _programs;

    /// <exception cref="FormatException">An expression cannot be compiled; <see cref="Problem"/> says why.</exception>
    public MatchExpressions(IReadOnlyList<string> expressions)
    {
        _programs = [.. expressions.Select(e => Environment.Compile(e, CelType.Bool) is { Program: { } program } ? program : throw new FormatException(Problem(e)))];
    }

    public bool Any => _programs.Count > 0;

    /// <summary>What is wrong with an expression; empty for nothing.</summary>
    public static string Problem(string expression)
    {
        var compiled = Environment.Compile(expression, CelType.Bool);
        return compiled.Program is not null ? "" : (compiled.Errors.Count > 0 ? "compilation failed: " : "") + compiled.Issues;
    }

    /// <summary>Whether all conditions hold: one that does not ends the matter, whatever is wrong with others.</summary>
    /// <returns>Whether they hold; or why nobody can tell.</returns>
    public (bool Matches, string? Error) Check(V1SubjectAccessReviewSpec spec)
    {
        var bindings = new CelBindings { ["request"] = CelValue.Of(Tree(spec), Request) };
        List<string>? errors = null;
        foreach (var program in _programs)
        {
            var outcome = program.Evaluate(bindings);
            if (outcome.Error is { } error)
            {
                (errors ??= []).Add($"cel evaluation error: expression '{program.Text}' resulted in error: {error}");
            }
            else if (outcome.Value is { Kind: CelKind.Bool, Bool: false })
            {
                return (false, null);
            }
        }

        return errors is null ? (true, null) : (false, GoText.Aggregate(errors));
    }

    // Texts are there even where they are empty, so that expressions need not ask first.
    private static TreeMap Tree(V1SubjectAccessReviewSpec spec)
    {
        var tree = (TreeMap)TreeJson.Parse(Gantry.Api.ApiJson.Encode(spec));
        Fill(tree, "user", "uid");
        tree["groups"] ??= new TreeList();
        tree["extra"] ??= new TreeMap();
        if (tree.Map("resourceAttributes") is { } resource)
        {
            Fill(resource, "namespace", "verb", "group", "version", "resource", "subresource", "name");
        }

        if (tree.Map("nonResourceAttributes") is { } plain)
        {
            Fill(plain, "path", "verb");
        }

        return tree;
    }

    private static CelType Selector(string kind) => PolicyTypes.Struct(
        $"kubernetes.{kind}SelectorAttributes",
        ("rawSelector", CelType.String),
        ("requirements", CelType.List(PolicyTypes.Struct(
            $"kubernetes.{kind}SelectorRequirement", ("key", CelType.String), ("operator", CelType.String), ("values", CelType.List(CelType.String))))));

    private static void Fill(TreeMap map, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            map[name] ??= "";
        }
    }
}
