using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gantry.Server.Configuration;
using Gantry.Server.Validation;

namespace Gantry.Server.Authentication.Oidc;

/// <summary>Reads the <c>jwt</c> entries of an AuthenticationConfiguration and tells what is wrong with them.</summary>
internal sealed class JwtRules
{
    private static readonly string[] Reserved = ["k8s.io", "kubernetes.io"];

    private readonly FieldErrors _errors;
    private readonly HashSet<string> _own;
    private readonly HashSet<string> _issuers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _discoveries = new(StringComparer.Ordinal);

    public JwtRules(FieldErrors errors, IEnumerable<string> ownIssuers)
    {
        _errors = errors;
        _own = ownIssuers.ToHashSet(StringComparer.Ordinal);
    }

    public JwtOptions Read(ConfigNode jwt, FieldPath at)
    {
        var issuer = jwt.Node("issuer");
        var url = issuer?.Text("url") ?? "";
        var discovery = issuer?.Text("discoveryURL") ?? "";
        Url(url, discovery, at.Child("issuer"));
        var audiences = issuer?.Texts("audiences") ?? [];
        Audiences(audiences, issuer?.Text("audienceMatchPolicy") ?? "", at.Child("issuer"));
        var authority = issuer?.Text("certificateAuthority") ?? "";
        Authority(authority, at.Child("issuer").Child("certificateAuthority"));
        var (required, claimRules) = ClaimRules(jwt.Nodes("claimValidationRules"), at.Child("claimValidationRules"));
        var mappings = jwt.Node("claimMappings");
        var here = at.Child("claimMappings");
        var options = new JwtOptions
        {
            Issuer = url,
            DiscoveryUrl = discovery,
            CertificateAuthority = authority,
            Audiences = audiences,
            RequiredClaims = required,
            ClaimRules = claimRules,
            Username = Source(mappings?.Node("username"), here.Child("username"), needed: true, prefixed: true) ?? new ClaimSource(),
            Groups = Source(mappings?.Node("groups"), here.Child("groups"), needed: false, prefixed: true),
            Uid = Source(mappings?.Node("uid"), here.Child("uid"), needed: false, prefixed: false),
            Extra = Extra(mappings?.Nodes("extra") ?? [], here.Child("extra")),
            UserRules = UserRules(jwt.Nodes("userValidationRules"), at.Child("userValidationRules")),
        };
        Mail(options, here.Child("username").Child("expression"));
        return options;
    }

    private void Url(string url, string discovery, FieldPath at)
    {
        if (Https(url, at.Child("url"), "URL"))
        {
            if (_own.Contains(url))
            {
                _errors.Invalid(at.Child("url"), url, $"URL must not overlap with disallowed issuers: [{string.Join(' ', _own.Order(StringComparer.Ordinal))}]");
            }

            if (!_issuers.Add(url))
            {
                _errors.Duplicate(at.Child("url"), url);
            }
        }

        if (discovery.Length == 0)
        {
            return;
        }

        if (url.Length > 0 && url.TrimEnd('/') == discovery.TrimEnd('/'))
        {
            _errors.Invalid(at.Child("discoveryURL"), discovery, "discoveryURL must be different from URL");
        }

        if (Https(discovery, at.Child("discoveryURL"), "URL") && !_discoveries.Add(discovery))
        {
            _errors.Duplicate(at.Child("discoveryURL"), discovery);
        }
    }

    private bool Https(string url, FieldPath at, string name)
    {
        if (url.Length == 0)
        {
            _errors.Required(at, name + " is required");
            return false;
        }

        if (!Uri.TryCreate(url, UriKind.Absolute, out var parsed))
        {
            _errors.Invalid(at, url, $"parse \"{url}\": invalid URI for request");
            return false;
        }

        string? fault = parsed.Scheme != Uri.UriSchemeHttps ? "URL scheme must be https"
            : parsed.UserInfo.Length > 0 ? "URL must not contain a username or password"
            : parsed.Query.Length > 0 ? "URL must not contain a query"
            : parsed.Fragment.Length > 0 ? "URL must not contain a fragment"
            : null;
        if (fault is not null)
        {
            _errors.Invalid(at, url, fault);
        }

        return fault is null;
    }

    private void Audiences(IReadOnlyList<string> audiences, string policy, FieldPath at)
    {
        var here = at.Child("audiences");
        if (audiences.Count == 0)
        {
            _errors.Required(here, $"at least one {here} is required");
            return;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < audiences.Count; i++)
        {
            if (audiences[i].Length == 0)
            {
                _errors.Required(here.Index(i), "audience can't be empty");
            }
            else if (!seen.Add(audiences[i]))
            {
                _errors.Duplicate(here.Index(i), audiences[i]);
            }
        }

        if (policy != "MatchAny" && (audiences.Count > 1 || policy.Length > 0))
        {
            _errors.Invalid(at.Child("audienceMatchPolicy"), policy, audiences.Count > 1
                ? "audienceMatchPolicy must be MatchAny for multiple audiences" : "audienceMatchPolicy must be empty or MatchAny for single audience");
        }
    }

    private void Authority(string pem, FieldPath at)
    {
        if (pem.Length == 0)
        {
            return;
        }

        try
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPem(pem);
            if (authorities.Count == 0)
            {
                _errors.Invalid(at, "<omitted>", "data does not contain any valid RSA or ECDSA certificates");
            }

            authorities.ToList().ForEach(a => a.Dispose());
        }
        catch (CryptographicException broken)
        {
            _errors.Invalid(at, "<omitted>", broken.Message);
        }
    }

    private (IReadOnlyList<(string, string)> Required, IReadOnlyList<ClaimRule> Rules) ClaimRules(IReadOnlyList<ConfigNode> nodes, FieldPath at)
    {
        var (required, rules) = (new List<(string, string)>(), new List<ClaimRule>());
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < nodes.Count; i++)
        {
            var (node, here) = (nodes[i], at.Index(i));
            var (claim, value, expression, message) = (node.Text("claim"), node.Text("requiredValue"), node.Text("expression"), node.Text("message"));
            if (claim.Length > 0 && expression.Length > 0)
            {
                _errors.Invalid(here, claim, "claim and expression can't both be set");
            }
            else if (claim.Length == 0 && expression.Length == 0)
            {
                _errors.Required(here, "claim or expression is required");
            }
            else if (!seen.Add(claim.Length > 0 ? "claim " + claim : "expression " + expression))
            {
                _errors.Duplicate(here.Child(claim.Length > 0 ? "claim" : "expression"), claim.Length > 0 ? claim : expression);
            }
            else if (claim.Length > 0)
            {
                if (message.Length > 0)
                {
                    _errors.Invalid(here.Child("message"), message, "message can't be set when claim is set");
                }

                required.Add((claim, value));
            }
            else
            {
                if (value.Length > 0)
                {
                    _errors.Invalid(here.Child("requiredValue"), value, "requiredValue can't be set when expression is set");
                }

                Compiles(here.Child("expression"), expression, ClaimExpression.OfClaims(expression, isRule: true).Problem);
                rules.Add(new ClaimRule(expression, message));
            }
        }

        return (required, rules);
    }

    private ClaimSource? Source(ConfigNode? node, FieldPath at, bool needed, bool prefixed)
    {
        var (claim, expression) = (node?.Text("claim") ?? "", node?.Text("expression") ?? "");
        var hasPrefix = prefixed && node?.Has("prefix") == true;
        if (claim.Length > 0 && expression.Length > 0)
        {
            _errors.Invalid(at, "", "claim and expression can't both be set");
        }
        else if (claim.Length == 0 && expression.Length == 0 && needed)
        {
            _errors.Required(at, "claim or expression is required");
        }

        if (expression.Length > 0)
        {
            Compiles(at.Child("expression"), expression, ClaimExpression.OfClaims(expression, isRule: false).Problem);
            if (hasPrefix)
            {
                _errors.Invalid(at.Child("prefix"), node!.Text("prefix"), "prefix can't be set when expression is set");
            }
        }
        else if (claim.Length > 0 && prefixed && !hasPrefix)
        {
            _errors.Required(at.Child("prefix"), "prefix is required when claim is set. It can be set to an empty string to disable prefixing");
        }

        return claim.Length + expression.Length == 0 ? null : new ClaimSource { Claim = claim, Expression = expression, Prefix = hasPrefix ? node!.Text("prefix") : "" };
    }

    private List<(string, string)> Extra(IReadOnlyList<ConfigNode> nodes, FieldPath at)
    {
        var extra = new List<(string Key, string Expression)>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < nodes.Count; i++)
        {
            var (key, expression, here) = (nodes[i].Text("key"), nodes[i].Text("valueExpression"), at.Index(i));
            if (key.Length == 0)
            {
                _errors.Required(here.Child("key"), "");
            }
            else
            {
                ExtraKey(key, here.Child("key"));
                if (!seen.Add(key))
                {
                    _errors.Duplicate(here.Child("key"), key);
                }
            }

            if (expression.Length == 0)
            {
                _errors.Required(here.Child("valueExpression"), "valueExpression is required");
            }
            else
            {
                Compiles(here.Child("valueExpression"), expression, ClaimExpression.OfClaims(expression, isRule: false).Problem);
            }

            extra.Add((key, expression));
        }

        return extra;
    }

    private void ExtraKey(string key, FieldPath at)
    {
        DomainRules.PrefixedPath(_errors, key, at);
        var domain = key.Split('/')[0];
        if (Reserved.Any(d => domain == d || domain.EndsWith("." + d, StringComparison.Ordinal)))
        {
            _errors.Invalid(at, key, "k8s.io, kubernetes.io and their subdomains are reserved for Kubernetes use");
        }

        if (key.Any(char.IsUpper))
        {
            _errors.Invalid(at, key, "key must be lowercase");
        }
    }

    private List<ClaimRule> UserRules(IReadOnlyList<ConfigNode> nodes, FieldPath at)
    {
        var rules = new List<ClaimRule>();
        for (var i = 0; i < nodes.Count; i++)
        {
            var (expression, here) = (nodes[i].Text("expression"), at.Index(i).Child("expression"));
            var rule = new ClaimRule(expression, nodes[i].Text("message"));
            if (expression.Length == 0)
            {
                _errors.Required(here, "expression is required");
            }
            else if (rules.Any(r => r.Expression == expression))
            {
                _errors.Duplicate(here, expression);
            }
            else
            {
                Compiles(here, expression, ClaimExpression.OfUser(expression).Problem);
            }

            rules.Add(rule);
        }

        return rules;
    }

    // A mail address says nothing unless somebody has seen that it is the user's.
    private void Mail(JwtOptions options, FieldPath at)
    {
        if (Mentions(options.Username.Expression, "claims.email")
            && !options.Extra.Select(e => e.Expression).Concat(options.ClaimRules.Select(r => r.Expression)).Append(options.Username.Expression)
                .Any(e => Mentions(e, "claims.email_verified")))
        {
            _errors.Invalid(at, options.Username.Expression, "claims.email_verified must be used in claimMappings.username.expression or claimMappings.extra[*].valueExpression or claimValidationRules[*].expression when claims.email is used in claimMappings.username.expression");
        }
    }

    private static bool Mentions(string expression, string field)
    {
        for (var i = expression.IndexOf(field, StringComparison.Ordinal); i >= 0; i = expression.IndexOf(field, i + 1, StringComparison.Ordinal))
        {
            var end = i + field.Length;
            if (end == expression.Length || !(char.IsAsciiLetterOrDigit(expression[end]) || expression[end] == '_'))
            {
                return true;
            }
        }

        return false;
    }

    private void Compiles(FieldPath at, string expression, string problem)
    {
        if (problem.Length > 0)
        {
            _errors.Invalid(at, expression, problem);
        }
    }
}
