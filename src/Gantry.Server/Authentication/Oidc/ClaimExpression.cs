using Gantry.Api.Cel;
using Gantry.Api.Trees;
using Gantry.Server.Admission.Policies;
using Gantry.Server.Authentication;
using Gantry.Server.Requests;

namespace Gantry.Server.Authentication.Oidc;

/// <summary>An expression over the claims of a token, or over the user that was made of them.</summary>
internal sealed class ClaimExpression
{
    private static readonly CelEnvironment Claims = CelEnvironment.Stored.With("claims", CelType.Map(CelType.String, CelType.Dyn));
    private static readonly CelEnvironment Users = CelEnvironment.Stored.With("user", PolicyTypes.UserInfo);

    private readonly CelProgram _program;

    private ClaimExpression(CelProgram program)
    {
        _program = program;
    }

    public string Text => _program.Text;

    /// <summary>An expression over <c>claims</c>.</summary>
    /// <param name="text">The expression.</param>
    /// <param name="isRule">Whether it must be true or false.</param>
    /// <returns>The expression, or what is wrong with it.</returns>
    public static (ClaimExpression? Expression, string Problem) OfClaims(string text, bool isRule) => Compile(Claims, text, isRule);

    /// <summary>A rule over <c>user</c>.</summary>
    public static (ClaimExpression? Expression, string Problem) OfUser(string text) => Compile(Users, text, isRule: true);

    /// <exception cref="ClaimException">There is no value.</exception>
    public CelValue Of(TreeMap claims) => Evaluate("claims", CelValue.Of(claims));

    /// <inheritdoc cref="Of(TreeMap)"/>
    public CelValue Of(UserInfo user)
    {
        var extra = new TreeMap();
        foreach (var (key, values) in user.Extra)
        {
            extra[key] = new TreeList(values.Select(v => (Tree)new TreeString(v)));
        }

        var tree = new TreeMap
        {
            ["username"] = user.Name, ["uid"] = user.Uid, ["groups"] = new TreeList(user.Groups.Select(g => (Tree)new TreeString(g))), ["extra"] = extra,
        };
        return Evaluate("user", CelValue.Of(tree, PolicyTypes.UserInfo));
    }

    private static (ClaimExpression?, string) Compile(CelEnvironment environment, string text, bool isRule)
    {
        var compiled = isRule ? environment.Compile(text, CelType.Bool) : environment.Compile(text);
        return compiled.Program is { } program ? (new ClaimExpression(program), "") : (null, (compiled.Errors.Count > 0 ? "compilation failed: " : "") + compiled.Issues);
    }

    private CelValue Evaluate(string variable, CelValue value)
    {
        var outcome = _program.Evaluate(new CelBindings { [variable] = value });
        return outcome.Error is null ? outcome.Value : throw new ClaimException($"expression '{Text}' resulted in error: {outcome.Error}");
    }
}
