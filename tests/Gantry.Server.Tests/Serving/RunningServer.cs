using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Gantry.Api.Trees;
using Gantry.Server.Writing;
using Gantry.Store;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gantry.Server.Tests.Serving;

/// <summary>A whole API server on a free port of the loopback, over a store in memory; tests keep apart by namespaces of their own.</summary>
public sealed class RunningServer : IAsyncLifetime, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gantry-server-").FullName;
    private readonly StoreEngine _store = StoreEngine.InMemory(new StoreOptions(), TimeProvider.System);
    private SocketsHttpHandler _handler = new();
    private readonly Lock _once = new();
    private Task<string>? _rules;
    private int _names;

    /// <summary>Paths that only this server has.</summary>
    public IReadOnlyList<Gantry.Server.Http.IPathHandler> Paths { get; init; } = [];

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    public IIds Ids { get; init; } = RandomIds.Instance;

    public ApiServer Server { get; private set; } = null!;

    public HttpClient Http { get; private set; } = null!;

    /// <summary>Lets go of all history.</summary>
    public async Task ForgetAsync() => await _store.CompactAsync(_store.Health.Current);

    public string Folder => _folder;

    /// <summary>What a test changes about the server's options; the folder is there already.</summary>
    public Func<ApiServerOptions, ApiServerOptions> Configure { get; init; } = static o => o;

    public async Task InitializeAsync()
    {
        var tokens = Path.Combine(_folder, "tokens.csv");
        await File.WriteAllTextAsync(tokens, "admin,admin,u1,\"system:masters\"\nnobody,nobody,u2\nbig,big,u3\nsmall,small,u4\n");
        Server = await ApiServer.StartAsync(
            Configure(new ApiServerOptions { DataDirectory = _folder, Listen = new IPEndPoint(IPAddress.Loopback, 0), TokenFile = tokens, NodeName = "node-1" }),
            new ApiServerParts { Store = _store, Logs = NullLoggerFactory.Instance, Clock = Clock, Paths = Paths, Ids = Ids });
        _handler.Dispose();
        _handler = Trusting();
        Http = new HttpClient(_handler) { BaseAddress = Server.Address, Timeout = TimeSpan.FromSeconds(30) };
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "admin");
    }

    public async Task DisposeAsync()
    {
        Dispose();
        await Server.DisposeAsync();
        await _store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    public void Dispose()
    {
        Http.Dispose();
        _handler.Dispose();
    }

    /// <summary>Connections that trust this server's authority, without credentials.</summary>
    public SocketsHttpHandler Trusting() => new()
    {
        SslOptions =
        {
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { Server.Pki.Authority.Certificate }, RevocationMode = X509RevocationMode.NoCheck,
            },
        },
    };

    /// <summary>A name that no other test uses.</summary>
    public string Name(string prefix = "x") => $"{prefix}-{Interlocked.Increment(ref _names)}";

    /// <summary>A new namespace.</summary>
    public async Task<string> NamespaceAsync()
    {
        var name = Name("ns");
        var made = await SendAsync(HttpMethod.Post, "/api/v1/namespaces", $$$"""{"metadata":{"name":"{{{name}}}"}}""");
        Assert.Equal(201, made.Code);
        return name;
    }

    /// <summary>A namespace that has its service account, for tests that leave nothing behind in it that others could meet.</summary>
    public Task<string> RulesNamespaceAsync()
    {
        lock (_once)
        {
            return _rules ??= MakeAsync();
        }

        async Task<string> MakeAsync()
        {
            var name = await NamespaceAsync();
            Assert.Equal(201, (await PostAsync($"/api/v1/namespaces/{name}/serviceaccounts", """{"metadata":{"name":"default"}}""")).Code);
            return name;
        }
    }

    /// <summary>Sends a request and reads its answer as a tree.</summary>
    public async Task<Answer> SendAsync(HttpMethod method, string path, string? body = null, string type = "application/json", string? accept = null, string? token = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8);
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        }

        if (accept is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept", accept);
        }

        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        using var response = await Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        var warnings = response.Headers.TryGetValues("Warning", out var values) ? values.ToList() : [];
        return new Answer((int)response.StatusCode, text, text.StartsWith('{') ? (TreeMap)TreeJson.Parse(text) : new TreeMap(), warnings);
    }

    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<Answer> PostAsync(string path, string body) => SendAsync(HttpMethod.Post, path, body);

    public Task<Answer> PutAsync(string path, string body) => SendAsync(HttpMethod.Put, path, body);

    public Task<Answer> DeleteAsync(string path, string? body = null) => SendAsync(HttpMethod.Delete, path, body);

    public Task<Answer> MergeAsync(string path, string body) => SendAsync(HttpMethod.Patch, path, body, "application/merge-patch+json");
}
