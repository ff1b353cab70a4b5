using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Gantry.Testing;

namespace Gantry.Conformance.Tests;

/// <summary>
/// The executable itself: <c>gantry simulate</c> with the real API, controllers and scheduler and three hollow nodes, and a client that may do
/// everything. Tests keep apart by namespaces and names of their own.
/// </summary>
public sealed partial class SimulatedCluster : IAsyncLifetime, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gantry-conformance-");
    private readonly StringBuilder _errors = new();
    private readonly Process _server = new();
    private int _names;

    public Uri Address { get; private set; } = null!;

    public HttpClient Http { get; private set; } = null!;

    public string Folder => _folder.FullName;

    public string Kubeconfig => Path.Combine(_folder.FullName, "admin.kubeconfig");

    public async Task InitializeAsync()
    {
        var tokens = Path.Combine(_folder.FullName, "tokens.csv");
        await File.WriteAllTextAsync(tokens, "t0ken,admin,1,\"system:masters\"\n");
        Address = new Uri($"https://127.0.0.1:{FreePort()}");
        _server.StartInfo = new ProcessStartInfo("dotnet")
        {
            ArgumentList =
            {
                Path.Combine(AppContext.BaseDirectory, "gantry.dll"), "simulate", "--in-memory", "--data-dir", Folder, "--listen", Address.Authority,
                "--token-auth-file", tokens, "--nodes", "3",
            },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _server.ErrorDataReceived += (_, line) => _errors.AppendLine(line.Data);
        _server.Start();
        _server.BeginErrorReadLine();
        if (await _server.StandardOutput.ReadLineAsync() is null)
        {
            throw new InvalidOperationException($"the cluster did not start: {_errors}");
        }

        Http = new HttpClient(Trusting()) { BaseAddress = Address };
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "t0ken");
    }

    public async Task DisposeAsync()
    {
        _server.Kill(entireProcessTree: true);
        await _server.WaitForExitAsync();
        Dispose();
        _folder.Delete(recursive: true);
    }

    public void Dispose()
    {
        Http.Dispose();
        _server.Dispose();
    }

    /// <summary>A name that no other test uses.</summary>
    public string Name(string prefix) => $"{prefix}-{Interlocked.Increment(ref _names)}";

    /// <summary>A new namespace with its default account.</summary>
    public async Task<string> NamespaceAsync(string labels = "{}")
    {
        var name = Name("ns");
        await DoAsync("POST", "/api/v1/namespaces", $$$"""{"metadata":{"name":"{{{name}}}","labels":{{{labels}}}}}""");
        await UntilAsync($"/api/v1/namespaces/{name}/serviceaccounts/default", (code, _) => code == 200);
        return name;
    }

    /// <summary>Sends a request.</summary>
    /// <returns>The status and the JSON of the answer, empty where it is none.</returns>
    public async Task<(int Code, JsonObject Body)> SendAsync(string method, string path, string? body = null, string type = "application/json", string accept = "application/json", string? token = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        using var response = await Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return ((int)response.StatusCode, text.StartsWith('{') ? JsonNode.Parse(text)!.AsObject() : new JsonObject { ["text"] = text });
    }

    /// <summary>The same for what must work.</summary>
    public async Task<JsonObject> DoAsync(string method, string path, string? body = null, string type = "application/json", string accept = "application/json")
    {
        var (code, answer) = await SendAsync(method, path, body, type, accept);
        Assert.True(code is >= 200 and < 300, $"{method} {path}: {code} {answer.ToJsonString()}");
        return answer;
    }

    public Task<JsonObject> GetAsync(string path) => DoAsync("GET", path);

    public Task<JsonObject> MergeAsync(string path, string body) => DoAsync("PATCH", path, body, "application/merge-patch+json");

    /// <summary>Deletes, with an answer that says what to do about dependents where that matters.</summary>
    public Task<JsonObject> DeleteAsync(string path, string? propagation = null) =>
        DoAsync("DELETE", path, propagation is null ? null : $$"""{"kind":"DeleteOptions","apiVersion":"v1","propagationPolicy":"{{propagation}}"}""");

    /// <summary>The status of a request that must be refused, with its Status object.</summary>
    public async Task<JsonObject> RefusedAsync(int code, string method, string path, string? body = null, string type = "application/json", string accept = "application/json")
    {
        var (got, answer) = await SendAsync(method, path, body, type, accept);
        Assert.True(code == got, $"{method} {path}: {got} {answer.ToJsonString()}");
        return answer;
    }

    /// <summary>Reads the path until the answer is as wanted, and returns it.</summary>
    public async Task<JsonObject> UntilAsync(string path, Func<int, JsonObject, bool> condition)
    {
        using var limit = new CancellationTokenSource(Eventually.Limit * 3, TimeProvider.System);
        while (true)
        {
            var (code, body) = await SendAsync("GET", path);
            if (condition(code, body))
            {
                return body;
            }

            Assert.False(limit.IsCancellationRequested, $"{path} is still {code} {body.ToJsonString()}; the server said: {_errors}");
            await Task.Yield();
        }
    }

    public Task<JsonObject> UntilAsync(string path, Func<JsonObject, bool> condition) => UntilAsync(path, (code, body) => code == 200 && condition(body));

    public Task GoneAsync(string path) => UntilAsync(path, (code, _) => code == 404);

    /// <summary>Reads the list until it has that many items.</summary>
    public async Task<JsonArray> ItemsAsync(string path, int count) =>
        (await UntilAsync(path, list => list["items"]!.AsArray().Count == count))["items"]!.AsArray();

    /// <summary>Opens a watch. The path has its query already.</summary>
    public async Task<OpenWatch> WatchAsync(string path)
    {
        var response = await Http.GetAsync(new Uri(path, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        return new OpenWatch(response, new StreamReader(await response.Content.ReadAsStreamAsync()));
    }

    /// <summary>Runs kubectl as the administrator.</summary>
    /// <returns>The exit code and what it printed.</returns>
    public async Task<(int Code, string Output, string Errors)> KubectlAsync(string words, string? input = null)
    {
        using var kubectl = StartKubectl(words);
        if (input is not null)
        {
            await kubectl.StandardInput.WriteAsync(input);
        }

        kubectl.StandardInput.Close();
        var output = kubectl.StandardOutput.ReadToEndAsync();
        var errors = kubectl.StandardError.ReadToEndAsync();
        await kubectl.WaitForExitAsync();
        return (kubectl.ExitCode, await output, await errors);
    }

    /// <summary>The same for what must work; the answer is what it printed.</summary>
    public async Task<string> KubectlWorksAsync(string words, string? input = null)
    {
        var (code, output, errors) = await KubectlAsync(words, input);
        Assert.True(code == 0, $"kubectl {words}: {code} {errors}");
        return output;
    }

    /// <summary>Starts kubectl with its streams redirected. What is in single quotes is not parted, as in a shell.</summary>
    public Process StartKubectl(string words)
    {
        var start = new ProcessStartInfo("kubectl") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["KUBECONFIG"] = Kubeconfig;
        start.Environment["HOME"] = Folder;
        foreach (var word in Words().Matches(words).Select(m => m.Value.Replace("'", "", StringComparison.Ordinal)))
        {
            start.ArgumentList.Add(word);
        }

        return Process.Start(start)!;
    }

    private SocketsHttpHandler Trusting()
    {
        // The administrator's kubeconfig names the authority.
        var line = File.ReadLines(Kubeconfig).First(l => l.Contains("certificate-authority-data:", StringComparison.Ordinal));
        var pem = Encoding.UTF8.GetString(Convert.FromBase64String(line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim().Trim('"')));
        return new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { X509Certificate2.CreateFromPem(pem) }, RevocationMode = X509RevocationMode.NoCheck,
                },
            },
        };
    }

    [GeneratedRegex("(?:[^ ']|'[^']*')+", RegexOptions.None, 10_000)]
    private static partial Regex Words();

    private static int FreePort()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }
}
