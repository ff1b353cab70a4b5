using Gantry.Api.Cel;
using Gantry.Api.Trees;
using Gantry.Server.Authorization;
using Gantry.Server.Requests;

namespace Gantry.Server.Authentication.Oidc;

/// <summary>Makes a user of verified claims.</summary>
internal sealed class UserMapping
{
    private const string NoTexts = "expression must return a string or a list of strings";

    private readonly JwtOptions _options;
    private readonly ClaimExpression? _name;
    private readonly ClaimExpression? _groups;
    private readonly ClaimExpression? _uid;
    private readonly IReadOnlyList<(string Key, ClaimExpression Expression)> _extra;
    private readonly IReadOnlyList<(ClaimExpression Expression, string Message)> _claimRules;
    private readonly IReadOnlyList<(ClaimExpression Expression, string Message)> _userRules;

    /// <exception cref="FormatException">An expression cannot be compiled; the options' own check says where.</exception>
    public UserMapping(JwtOptions options)
    {
        _options = options;
        _name = Compiled(options.Username);
        _groups = Compiled(options.Groups);
        _uid = Compiled(options.Uid);
        _extra = [.. options.Extra.Select(e => (e.Key, Need(ClaimExpression.OfClaims(e.Expression, isRule: false))))];
        _claimRules = [.. options.ClaimRules.Select(r => (Need(ClaimExpression.OfClaims(r.Expression, isRule: true)), r.Message))];
        _userRules = [.. options.UserRules.Select(r => (Need(ClaimExpression.OfUser(r.Expression)), r.Message))];
    }

    /// <exception cref="ClaimException">The claims make no user that is wanted here.</exception>
    public UserInfo Map(TokenClaims claims)
    {
        var user = new UserInfo { Name = Name(claims), Groups = Groups(claims), Uid = Uid(claims), Extra = Extra(claims) };
        foreach (var (claim, value) in _options.RequiredClaims)
        {
            CheckClaim(claims, claim, value);
        }

        Check(_claimRules, e => e.Of(claims.Tree), "oidc: error evaluating claim validation expression");
        Check(_userRules, e => e.Of(user), "oidc: error evaluating user info validation rule");
        return user;
    }

    private string Name(TokenClaims claims)
    {
        if (_name is not null)
        {
            const string what = "oidc: error evaluating username claim expression";
            var value = Read(() => _name.Of(claims.Tree), what);
            var text = value.Kind == CelKind.String ? value.Text : throw new ClaimException(what + ": username claim expression must return a string");
            return text.Length > 0 ? text : throw new ClaimException("oidc: empty username via CEL expression is not allowed");
        }

        var claim = _options.Username.Claim;
        var name = Read(() => claims.Text(claim), $"oidc: parse username claims {GoText.Quote(claim)}");
        // A mail address is a name only if the provider has seen that it is the user's.
        if (claim == "email" && claims.Has("email_verified") && !Read(() => claims.Flag("email_verified"), "oidc: parse 'email_verified' claim"))
        {
            throw new ClaimException("oidc: email not verified");
        }

        return _options.Username.Prefix + name;
    }

    private IReadOnlyList<string> Groups(TokenClaims claims)
    {
        if (_groups is not null)
        {
            return Read(() => Texts(_groups.Of(claims.Tree)), "oidc: error evaluating group claim expression");
        }

        if (_options.Groups is not { Claim.Length: > 0 } source || !claims.Has(source.Claim))
        {
            return [];
        }

        var groups = Read(() => claims.Texts(source.Claim), $"oidc: parse groups claim {GoText.Quote(source.Claim)}");
        return source.Prefix.Length == 0 ? groups : [.. groups.Select(g => source.Prefix + g)];
    }

    private string Uid(TokenClaims claims)
    {
        if (_uid is not null)
        {
            const string what = "oidc: error evaluating uid claim expression";
            var value = Read(() => _uid.Of(claims.Tree), what);
            return value.Kind == CelKind.String ? value.Text : throw new ClaimException(what + ": uid claim expression must return a string");
        }

        return _options.Uid is { Claim.Length: > 0 } source ? Read(() => claims.Text(source.Claim), $"oidc: parse uid claim {GoText.Quote(source.Claim)}") : "";
    }

    private Dictionary<string, IReadOnlyList<string>> Extra(TokenClaims claims)
    {
        var extra = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var (key, expression) in _extra)
        {
            if (Read(() => Texts(expression.Of(claims.Tree)), "oidc: error evaluating extra claim expression") is { Count: > 0 } values)
            {
                extra[key] = values;
            }
        }

        return extra;
    }

    private static IReadOnlyList<string> Texts(CelValue value) => value.Kind switch
    {
        CelKind.Null => [],
        CelKind.String => value.Text.Length == 0 ? [] : [value.Text],
        CelKind.List =>
        [
            .. Enumerable.Range(0, value.Count).Select(i => value.ItemAt(i) is { Kind: CelKind.String } item ? item.Text : throw new ClaimException(NoTexts)).Where(t => t.Length > 0),
        ],
        _ => throw new ClaimException(NoTexts),
    };

    private static void Check(IReadOnlyList<(ClaimExpression Expression, string Message)> rules, Func<ClaimExpression, CelValue> evaluate, string what)
    {
        foreach (var (expression, message) in rules)
        {
            if (Read(() => evaluate(expression), what) is not { Kind: CelKind.Bool, Bool: true })
            {
                throw new ClaimException($"{what}: validation expression '{expression.Text}' failed: {message}");
            }
        }
    }

    private static void CheckClaim(TokenClaims claims, string claim, string value)
    {
        if (!claims.Has(claim))
        {
            throw new ClaimException($"oidc: required claim {claim} not present in ID token");
        }

        var got = Read(() => claims.Text(claim), $"oidc: parse claim {claim}");
        if (got != value)
        {
            throw new ClaimException($"oidc: required claim {claim} value does not match. Got = {got}, want = {value}");
        }
    }

    private static ClaimExpression? Compiled(ClaimSource? source) => source is { Expression.Length: > 0 } ? Need(ClaimExpression.OfClaims(source.Expression, isRule: false)) : null;

    private static ClaimExpression Need((ClaimExpression? Expression, string Problem) compiled) => compiled.Expression ?? throw new FormatException(compiled.Problem);

    private static T Read<T>(Func<T> read, string what)
    {
        try
        {
            return read();
        }
        catch (ClaimException e)
        {
            throw new ClaimException($"{what}: {e.Message}", e);
        }
    }
}
