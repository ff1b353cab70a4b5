using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Gantry.Server.Audit;
using Gantry.Server.Http;
using Gantry.Store;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gantry.Server.Tests.Audit;

/// <summary>A server that writes its audit log into a file, by a policy.</summary>
internal sealed class AuditedServer : IAsyncDisposable
{
    private readonly string _folder;
    private readonly StoreEngine _store;
    private readonly ApiServer _server;

    private AuditedServer(string folder, StoreEngine store, ApiServer server, HttpClient http)
    {
        _folder = folder;
        _store = store;
        _server = server;
        Http = http;
    }

    public HttpClient Http { get; }

    public ApiServer Server => _server;

    public static async Task<AuditedServer> StartAsync(string rules, Func<string, AuditOptions, AuditOptions>? change = null, params IReadOnlyList<IPathHandler> paths)
    {
        var folder = Directory.CreateTempSubdirectory("gantry-audit-").FullName;
        var (tokens, policy) = (Path.Combine(folder, "tokens.csv"), Path.Combine(folder, "policy.yaml"));
        await File.WriteAllTextAsync(tokens, "admin,admin,u1,\"system:masters\"\nann,ann,u2\n");
        await File.WriteAllTextAsync(policy, "apiVersion: audit.k8s.io/v1\nkind: Policy\n" + rules);
        var audit = new AuditOptions { PolicyFile = policy, Log = new AuditLogOptions { Path = Path.Combine(folder, "audit.log") } };
        var store = StoreEngine.InMemory(new StoreOptions(), TimeProvider.System);
        ApiServer server;
        try
        {
            server = await ApiServer.StartAsync(
                new ApiServerOptions
                {
                    DataDirectory = folder, Listen = new IPEndPoint(IPAddress.Loopback, 0), TokenFile = tokens, Audit = change?.Invoke(folder, audit) ?? audit,
                },
                new ApiServerParts { Store = store, Logs = NullLoggerFactory.Instance, Paths = paths });
        }
        catch
        {
            await store.DisposeAsync();
            Directory.Delete(folder, recursive: true);
            throw;
        }

        var chain = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        chain.CustomTrustStore.Add(server.Pki.Authority.Certificate);
        var http = new HttpClient(new SocketsHttpHandler { SslOptions = { CertificateChainPolicy = chain } }) { BaseAddress = server.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "admin");
        http.DefaultRequestHeaders.UserAgent.ParseAdd("tests/1.0");
        return new AuditedServer(folder, store, server, http);
    }

    public async Task<HttpResponseMessage> SendAsync(string method, string path, string? body = null, string type = "application/json", Action<HttpRequestHeaders>? headers = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        headers?.Invoke(request.Headers);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, type);
        }

        return await Http.SendAsync(request);
    }

    /// <summary>The events so far of requests for that path.</summary>
    public IReadOnlyList<JsonNode> Events(string path)
    {
        using var file = new FileStream(Path.Combine(_folder, "audit.log"), FileMode.OpenOrCreate, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l)!)
            .Where(e => ((string)e["requestURI"]!).StartsWith(path, StringComparison.Ordinal))];
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _server.DisposeAsync();
        await _store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
