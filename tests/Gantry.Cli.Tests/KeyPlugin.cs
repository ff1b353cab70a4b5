using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Security.Cryptography;
using Gantry.Cli.Kms.Messages;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Gantry.Cli.Tests;

/// <summary>A plugin that keeps a key: a real gRPC server on a unix socket.</summary>
internal sealed class KeyPlugin : IAsyncDisposable
{
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly WebApplication _web;

    private KeyPlugin(string socket)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(k => k.Listen(new UnixDomainSocketEndPoint(socket), l => l.Protocols = HttpProtocols.Http2));
        _web = builder.Build();
        _web.Run(HandleAsync);
    }

    public string KeyId { get; set; } = "first";

    /// <summary>Whether it takes calls and never answers.</summary>
    public bool Hangs { get; set; }

    /// <summary>gRPC's code and words of every answer, where it fails.</summary>
    public (int Code, string Message)? Fails { get; set; }

    public ConcurrentQueue<string> Calls { get; } = new();

    public static async Task<KeyPlugin> StartAsync(string socket)
    {
        var plugin = new KeyPlugin(socket);
        await plugin._web.StartAsync();
        return plugin;
    }

    public async ValueTask DisposeAsync()
    {
        await _web.StopAsync();
        await _web.DisposeAsync();
    }

    private async Task HandleAsync(HttpContext context)
    {
        Assert.Equal(("POST", "application/grpc", "trailers"), (context.Request.Method, context.Request.ContentType, context.Request.Headers["te"].ToString()));
        var method = context.Request.Path.Value!.Split('/')[^1];
        Calls.Enqueue(method);
        var prefix = new byte[5];
        await context.Request.Body.ReadExactlyAsync(prefix);
        var question = new byte[BinaryPrimitives.ReadInt32BigEndian(prefix.AsSpan(1))];
        await context.Request.Body.ReadExactlyAsync(question);
        if (Hangs)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }

        context.Response.ContentType = "application/grpc";
        if (Fails is null)
        {
            var answer = Answer(method, question).ToByteArray();
            BinaryPrimitives.WriteInt32BigEndian(prefix.AsSpan(1), answer.Length);
            await context.Response.Body.WriteAsync(prefix);
            await context.Response.Body.WriteAsync(answer);
        }

        context.Response.AppendTrailer("grpc-status", (Fails?.Code ?? 0).ToString(System.Globalization.CultureInfo.InvariantCulture));
        context.Response.AppendTrailer("grpc-message", Fails?.Message ?? "");
    }

    private IMessage Answer(string method, byte[] question)
    {
        switch (method)
        {
            case "Status":
                return new StatusResponse { Version = "v2", Healthz = "ok", KeyId = KeyId };
            case "Encrypt":
                var plain = EncryptRequest.Parser.ParseFrom(question);
                Assert.True(Guid.TryParse(plain.Uid, out _));
                var sealedKey = new EncryptResponse { Ciphertext = ByteString.CopyFrom(Mixed(plain.Plaintext)), KeyId = KeyId };
                sealedKey.Annotations["by.example.com"] = ByteString.CopyFromUtf8("plugin");
                return sealedKey;
            default:
                var asked = DecryptRequest.Parser.ParseFrom(question);
                Assert.Equal("plugin", asked.Annotations["by.example.com"].ToStringUtf8());
                return new DecryptResponse { Plaintext = ByteString.CopyFrom(Mixed(asked.Ciphertext)) };
        }
    }

    private byte[] Mixed(ByteString bytes) => [.. bytes.Select((b, i) => (byte)(b ^ _key[i % _key.Length]))];
}
