using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Gantry.Server.Pipeline;
using Gantry.Store;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gantry.Server.Tests.Subresources;

/// <summary>A whole API server over a store in memory, and a client that may do everything.</summary>
internal sealed class SubresourceServer : IAsyncDisposable
{
    private readonly string _directory;
    private readonly IStore? _store;
    private readonly ApiServer _server;
    private readonly HttpClient _http;

    private SubresourceServer(string directory, IStore? store, ApiServer server, HttpClient http)
    {
        _directory = directory;
        _store = store;
        _server = server;
        _http = http;
    }

    public Gantry.Server.Certificates.ClusterPki Pki => _server.Pki;

    public ApiServer Server => _server;

    /// <param name="nodes">The way to nodes, if any.</param>
    /// <param name="kept">A store that outlives the server; one of its own without.</param>
    public static async Task<SubresourceServer> StartAsync(INodeProxy? nodes = null, IStore? kept = null)
    {
        var directory = Directory.CreateTempSubdirectory("gantry-test-").FullName;
        var tokens = Path.Combine(directory, "tokens.csv");
        await File.WriteAllTextAsync(tokens, "t0ken,admin,1,\"system:masters\"\n");
        var clock = TimeProvider.System;
        var store = kept ?? StoreEngine.InMemory(new StoreOptions(), clock);
        var options = new ApiServerOptions
        {
            DataDirectory = directory,
            Listen = new IPEndPoint(IPAddress.Loopback, 0),
            TokenFile = tokens,
            ServiceRange = IPNetwork.Parse("10.96.0.0/16"),
            Advertise = IPAddress.Parse("192.0.2.2"),
        };
        var server = await ApiServer.StartAsync(options, new ApiServerParts { Store = store, Clock = clock, Logs = NullLoggerFactory.Instance, Nodes = nodes });
        var http = new HttpClient(new SocketsHttpHandler { SslOptions = Trust(server), AllowAutoRedirect = false })
        {
            BaseAddress = server.Address,
        };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "t0ken");
        return new SubresourceServer(directory, kept is null ? store : null, server, http);
    }

    /// <summary>Sends a request; the answer is its status and its JSON, or null where it is none.</summary>
    public async Task<(int Code, JsonNode? Body)> SendAsync(string method, string path, string? body = null, string contentType = "application/json", string accept = "application/json")
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, contentType);
        }

        using var response = await _http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return ((int)response.StatusCode, text.StartsWith('{') ? JsonNode.Parse(text) : text.Length == 0 ? null : JsonValue.Create(text));
    }

    /// <summary>The same, for what must work.</summary>
    public async Task<JsonNode> DoAsync(string method, string path, string? body = null, string contentType = "application/json")
    {
        var (code, answer) = await SendAsync(method, path, body, contentType);
        Assert.True(code is >= 200 and < 300, $"{method} {path}: {code} {answer}");
        return answer ?? new JsonObject();
    }

    /// <summary>Reads an object until it is as wanted.</summary>
    public async Task UntilAsync(string path, Func<JsonNode, bool> condition)
    {
        for (var i = 0; ; i++)
        {
            var (_, now) = await SendAsync("GET", path);
            if (condition(now!))
            {
                return;
            }

            Assert.True(i < 3000, $"still {now}");
        }
    }

    /// <summary>Upgrades a connection to that path and returns what comes back for a text.</summary>
    public async Task<string> EchoAsync(string path, string text)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(_server.Address.Host, _server.Address.Port);
        await using var stream = new SslStream(client.GetStream());
        var trust = Trust(_server);
        trust.TargetHost = _server.Address.Host;
        await stream.AuthenticateAsClientAsync(trust);
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer t0ken\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n"));
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            Assert.Equal(1, await stream.ReadAsync(one));
            head.Append((char)one[0]);
        }

        Assert.StartsWith("HTTP/1.1 101", head.ToString(), StringComparison.Ordinal);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(text));
        var back = new byte[text.Length];
        await stream.ReadExactlyAsync(back);
        return Encoding.ASCII.GetString(back);
    }

    private static SslClientAuthenticationOptions Trust(ApiServer server)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(server.Pki.Authority.Certificate);
        return new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
        if (_store is not null)
        {
            await _store.DisposeAsync();
        }

        Directory.Delete(_directory, recursive: true);
    }
}
