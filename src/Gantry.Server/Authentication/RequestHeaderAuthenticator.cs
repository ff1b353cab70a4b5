using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using Gantry.Server.Certificates;
using Gantry.Server.Pipeline;
using Gantry.Server.Requests;
using Microsoft.AspNetCore.Http;

namespace Gantry.Server.Authentication;

/// <summary>Believes the headers of a proxy that proves itself by a certificate of its own authority.</summary>
public sealed class RequestHeaderAuthenticator : IAuthenticator, IDisposable
{
    private readonly RequestHeaderOptions _options;
    private readonly X509Certificate2Collection _authorities;
    private readonly TimeProvider _clock;

    // Once per connection, as for users' certificates.
    private readonly ConditionalWeakTable<X509Certificate2, string> _checked = [];

    /// <param name="options">The headers.</param>
    /// <param name="authorities">Those of the proxy; become the authenticator's own.</param>
    /// <param name="clock">Says whether certificates are expired.</param>
    public RequestHeaderAuthenticator(RequestHeaderOptions options, X509Certificate2Collection authorities, TimeProvider clock)
    {
        _options = options;
        _authorities = authorities;
        _clock = clock;
    }

    public ValueTask<AuthenticationOutcome> AuthenticateAsync(HttpContext context, CancellationToken cancellation) =>
        ValueTask.FromResult(context.Connection.ClientCertificate is { } certificate ? Decide(certificate, context.Request.Headers) : AuthenticationOutcome.None);

    public void Dispose()
    {
        foreach (var authority in _authorities)
        {
            authority.Dispose();
        }
    }

    private AuthenticationOutcome Decide(X509Certificate2 certificate, IHeaderDictionary headers)
    {
        var name = First(headers, _options.UsernameHeaders);
        if (name.Length == 0)
        {
            return AuthenticationOutcome.None;
        }

        if (_clock.GetUtcNow().UtcDateTime > certificate.NotAfter.ToUniversalTime())
        {
            return new AuthenticationOutcome.Rejected("the proxy's certificate has expired");
        }

        return _checked.GetValue(certificate, Check) is { Length: > 0 } fault
            ? new AuthenticationOutcome.Rejected(fault)
            : new AuthenticationOutcome.Known(BearerAuthenticator.WithAuthenticated(new UserInfo
            {
                Name = name,
                Uid = First(headers, _options.UidHeaders),
                Groups = [.. _options.GroupHeaders.SelectMany(h => headers[h]).OfType<string>().Where(g => g.Length > 0)],
                Extra = Extra(headers),
            }));
    }

    private string Check(X509Certificate2 certificate)
    {
        using var chain = ClientCertificateChain.Build(_authorities, _clock.GetUtcNow());
        chain.ChainPolicy.ApplicationPolicy.Add(ClientCertificateAuthenticator.ClientAuth);
        if (!chain.Build(certificate))
        {
            return "the proxy's certificate is not trusted";
        }

        var common = ClientCertificateAuthenticator.ReadSubject(certificate.SubjectName).Name;
        return _options.AllowedNames.Count == 0 || _options.AllowedNames.Contains(common, StringComparer.Ordinal)
            ? "" : $"x509: subject with cn={common} is not in the allowed list";
    }

    private Dictionary<string, IReadOnlyList<string>> Extra(IHeaderDictionary headers)
    {
        var extra = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var prefix in _options.ExtraHeaderPrefixes)
        {
            foreach (var (header, values) in headers)
            {
                if (header.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
                {
                    var key = Uri.UnescapeDataString(header[prefix.Length..].ToLowerInvariant());
                    extra[key] = [.. extra.GetValueOrDefault(key) ?? [], .. values.Select(v => v ?? "")];
                }
            }
        }

        return extra;
    }

    private static string First(IHeaderDictionary headers, IReadOnlyList<string> names)
    {
        foreach (var name in names)
        {
            if (headers[name] is [{ Length: > 0 } value, ..])
            {
                return value;
            }
        }

        return "";
    }
}
