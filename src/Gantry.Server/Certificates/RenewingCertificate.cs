using System.Security.Cryptography.X509Certificates;

namespace Gantry.Server.Certificates;

/// <summary>
/// A certificate for long-lived listeners: <see cref="Current"/> costs one comparison until the certificate nears its end, then reads it anew.
/// Replaced certificates are not disposed of, because handshakes may still hold them; there is one in nine months.
/// </summary>
public sealed class RenewingCertificate
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMinutes(1);

    private readonly Func<X509Certificate2> _read;
    private readonly TimeSpan _renewBefore;
    private readonly TimeProvider _clock;
    private readonly Lock _gate = new();
    private volatile Held? _held;

    /// <param name="read">Gives the certificate as it is now, made anew when near its end.</param>
    /// <param name="renewBefore">How long before its end it is read again.</param>
    /// <param name="clock">Says what the time is.</param>
    public RenewingCertificate(Func<X509Certificate2> read, TimeSpan renewBefore, TimeProvider clock)
    {
        _read = read;
        _renewBefore = renewBefore;
        _clock = clock;
    }

    public X509Certificate2 Current
    {
        get
        {
            var now = _clock.GetUtcNow();
            var held = _held;
            if (held is not null && now < held.ReadAgain)
            {
                return held.Certificate;
            }

            lock (_gate)
            {
                held = _held;
                if (held is not null && now < held.ReadAgain)
                {
                    return held.Certificate;
                }

                return Read(now, held);
            }
        }
    }

    private X509Certificate2 Read(DateTimeOffset now, Held? held)
    {
        try
        {
            var certificate = _read();
            var renew = new DateTimeOffset(certificate.NotAfter.ToUniversalTime(), TimeSpan.Zero) - _renewBefore;
            _held = new Held(certificate, renew > now ? renew : now + RetryAfter);
            return certificate;
        }
        catch (IOException) when (held is not null)
        {
            // A full disk must not take the listener down while the old certificate is still good.
            _held = held with { ReadAgain = now + RetryAfter };
            return held.Certificate;
        }
    }

    private sealed record Held(X509Certificate2 Certificate, DateTimeOffset ReadAgain);
}
