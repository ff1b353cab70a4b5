using System.Collections.Immutable;
using System.Globalization;
using Gantry.Api.Cel.Checking;
using Gantry.Api.Cel.Libraries;
using Gantry.Api.Cel.Running;
using Gantry.Api.Cel.Syntax;

namespace Gantry.Api.Cel;

/// <summary>
/// What an expression may use: variables with their types, and the functions of Kubernetes 1.32 (apiserver <c>pkg/cel/environment/base.go</c>). Immutable.
/// </summary>
public sealed class CelEnvironment
{
    /// <summary>The longest expression that is taken, in code points.</summary>
    public const int LongestText = 100_000;

    private const int MostErrors = 100;

    private readonly ImmutableDictionary<string, CelType> _variables;
    private readonly CelMacros _macros;

    private CelEnvironment(ImmutableDictionary<string, CelType> variables, CelMacros macros) => (_variables, _macros) = (variables, macros);

    /// <summary>For expressions that are written now: what also the release before understood, so that a cluster can go back to it.</summary>
    public static CelEnvironment New { get; } = new(ImmutableDictionary<string, CelType>.Empty, new CelMacros(twoVariables: false));

    /// <summary>For expressions that are stored already: everything there is, including macros with two variables.</summary>
    public static CelEnvironment Stored { get; } = new(ImmutableDictionary<string, CelType>.Empty, new CelMacros(twoVariables: true));

    internal static CelFunctionTable Everything { get; } = CelLibraries.All();

    /// <summary>The same environment with one more variable.</summary>
    public CelEnvironment With(string name, CelType type) => new(_variables.SetItem(name, type), _macros);

    /// <summary>Parses and checks an expression.</summary>
    /// <param name="text">The expression.</param>
    /// <param name="results">The types its value may have; any where none are given. Whoever wants its own words for another type gives none and looks at
    /// <see cref="CelProgram.ResultType"/>.</param>
    public CelCompilation Compile(string text, params CelType[] results)
    {
        var size = CelText.Length(text);
        if (size > LongestText)
        {
            return Failed([new CelError($"expression code point size exceeds limit: size: {size}, limit {LongestText}", 1, 0)], "");
        }
        var errors = new List<CelError>();
        var root = CelParser.Parse(text, _macros, errors);
        if (root is null || errors.Count > 0)
        {
            return Failed(errors, text);
        }
        var references = CelChecker.Check(this, text, root, errors);
        if (errors.Count == 0)
        {
            CelLiteralChecks.Check(root, text, errors);
        }
        if (errors.Count > 0)
        {
            return Failed(errors, text);
        }
        if (results.Length > 0 && !Array.Exists(results, r => r.Same(root.Type)))
        {
            return new(null, [], results.Length == 1 ? $"must evaluate to {Declared(results[0])}" : $"must evaluate to one of [{string.Join(' ', results.Select(Declared))}]");
        }
        try
        {
            return new(new CelProgram(text, this, root, CelFolding.Fold(root), references), [], "");
        }
        catch (CelFoldingException e)
        {
            return new(null, [], e.Message);
        }
    }

    /// <summary>The type of a variable, or of the name of a type; null for other names.</summary>
    internal CelType? Find(string name) => _variables.GetValueOrDefault(name) ?? Everything.FindType(name);

    // Other than in the checker's words, null and times go by their declared names here.
    private static string Declared(CelType type) => type.Parameters.Count == 0 ? type.Name : type.ToString();

    // In the order of the text; past a hundred only how many there are.
    private static CelCompilation Failed(IReadOnlyList<CelError> errors, string text)
    {
        List<CelError> sorted = [.. errors.OrderBy(e => e.Line).ThenBy(e => e.Column)];
        var more = sorted.Count > MostErrors ? string.Create(CultureInfo.InvariantCulture, $"\n{sorted.Count - MostErrors} more errors were truncated") : "";
        return new(null, sorted, string.Join("\n", sorted.Take(MostErrors).Select(e => e.Display(text))) + more);
    }
}
