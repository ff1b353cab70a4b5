using Gantry.Server.Authentication;
using Gantry.Server.Authentication.Oidc;
using Gantry.Server.Authorization;
using Gantry.Server.Tests.Serving;
using Gantry.Testing;

namespace Gantry.Server.Tests.Authentication;

/// <summary>Files that say who is believed and who decides, changed under a running server.</summary>
public sealed class ReloadTests : IAsyncLifetime, IDisposable
{
    private const string Rbac = "apiVersion: apiserver.config.k8s.io/v1\nkind: AuthorizationConfiguration\nauthorizers:\n- {type: RBAC, name: rbac}\n";
    private const string Nobody = "apiVersion: apiserver.config.k8s.io/v1beta1\nkind: AuthenticationConfiguration\njwt: []\n";

    private readonly ManualTimeProvider _clock = new();
    private JsonServer _hooks = null!;
    private RunningServer _server = null!;
    private string _authorization = "";
    private string _authentication = "";

    public async Task InitializeAsync()
    {
        _hooks = await JsonServer.StartAsync((_, _) => """{"apiVersion":"authorization.k8s.io/v1","kind":"SubjectAccessReview","status":{"allowed":true}}""");
        _server = new RunningServer { Configure = Configure, Clock = _clock };
        await _server.InitializeAsync();
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        await _hooks.DisposeAsync();
        Dispose();
    }

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Authorizers_come_with_their_file_and_a_wrong_file_changes_nothing()
    {
        Assert.Equal(403, (await _server.SendAsync(HttpMethod.Get, "/api/v1/pods", token: "nobody")).Code);
        await File.WriteAllTextAsync(_authorization, Rbac + $$"""
            - type: Webhook
              name: hook
              webhook:
                timeout: 3s
                subjectAccessReviewVersion: v1
                failurePolicy: NoOpinion
                connectionInfo: {type: KubeConfigFile, kubeConfigFile: "{{_hooks.Kubeconfig(_server.Folder, "/access")}}"}
            """);
        await UntilAsync("apiserver_authorization_config_controller_automatic_reloads_total", "success", 1);
        Assert.Equal(200, (await _server.SendAsync(HttpMethod.Get, "/api/v1/pods", token: "nobody")).Code);

        await File.WriteAllTextAsync(_authorization, Rbac.Replace("RBAC", "Guess", StringComparison.Ordinal));
        await UntilAsync("apiserver_authorization_config_controller_automatic_reloads_total", "failure", 1);
        await File.WriteAllTextAsync(_authorization, Rbac.Replace("{type: RBAC, name: rbac}", "{type: AlwaysAllow, name: alwaysallow}", StringComparison.Ordinal));
        await UntilAsync("apiserver_authorization_config_controller_automatic_reloads_total", "failure", 2);
        Assert.Equal(200, (await _server.SendAsync(HttpMethod.Get, "/api/v1/services", token: "nobody")).Code);

        await File.WriteAllTextAsync(_authorization, Rbac);
        await UntilAsync("apiserver_authorization_config_controller_automatic_reloads_total", "success", 2);
        Assert.Equal(403, (await _server.SendAsync(HttpMethod.Get, "/api/v1/pods", token: "nobody")).Code);
    }

    [Fact]
    public async Task Identity_providers_come_with_their_file()
    {
        // A token of an issuer that nobody knows is nobody's; one of a provider that has not told its keys yet is told as that.
        var token = $"{Part("""{"alg":"RS256"}""")}.{Part("""{"iss":"https://provider.example","aud":"me","sub":"x"}""")}.{Part("x")}";
        var review = $$$"""{"spec":{"token":"{{{token}}}"}}""";
        Assert.Equal("invalid bearer token", (await _server.PostAsync("/apis/authentication.k8s.io/v1/tokenreviews", review)).Body.Map("status")!.Text("error"));

        await File.WriteAllTextAsync(_authentication, Nobody.Replace("jwt: []", $$"""
            jwt:
            - issuer: {url: "https://provider.example", audiences: [me]}
              claimMappings: {username: {claim: sub, prefix: ""} }
            """, StringComparison.Ordinal));
        await UntilAsync("apiserver_authentication_config_controller_automatic_reloads_total", "success", 1);
        Assert.Contains("provider.example", (await _server.PostAsync("/apis/authentication.k8s.io/v1/tokenreviews", review)).Body.Map("status")!.Text("error"));

        await File.WriteAllTextAsync(_authentication, Nobody + "anonymous: {enabled: true}\n");
        await UntilAsync("apiserver_authentication_config_controller_automatic_reloads_total", "failure", 1);
        Assert.Contains("provider.example", (await _server.PostAsync("/apis/authentication.k8s.io/v1/tokenreviews", review)).Body.Map("status")!.Text("error"));
    }

    private static string Part(string text) => System.Buffers.Text.Base64Url.EncodeToString(System.Text.Encoding.UTF8.GetBytes(text));

    private ApiServerOptions Configure(ApiServerOptions options)
    {
        _authorization = Path.Combine(options.DataDirectory, "authorization.yaml");
        _authentication = Path.Combine(options.DataDirectory, "authentication.yaml");
        File.WriteAllText(_authorization, Rbac);
        File.WriteAllText(_authentication, Nobody);
        return options with
        {
            Authorization = AuthorizationConfig.Read(_authorization) with { ConfigFile = _authorization },
            Authentication = new AuthenticationOptions { Issuers = AuthenticationConfig.Read(_authentication, []).Issuers, ConfigFile = _authentication },
        };
    }

    private async Task UntilAsync(string figure, string status, int count)
    {
        using var limit = new CancellationTokenSource(Eventually.Limit, TimeProvider.System);
        while (true)
        {
            limit.Token.ThrowIfCancellationRequested();
            _clock.Advance(TimeSpan.FromSeconds(61));
            var text = (await _server.GetAsync("/metrics")).Text;
            if (text.Split('\n').Any(l => l.StartsWith(figure + "{", StringComparison.Ordinal) && l.EndsWith($"status=\"{status}\"}} {count}", StringComparison.Ordinal)))
            {
                return;
            }
        }
    }
}
