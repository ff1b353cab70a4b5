namespace Gantry.Api;

/// <summary>Which suffixes a quantity is printed with.</summary>
public enum QuantityFormat
{
    /// <summary>n, u, m, none, k, M, G, T, P, E: powers of 1000.</summary>
    DecimalSI,
    /// <summary>Ki, Mi, Gi, Ti, Pi, Ei: powers of 1024.</summary>
    BinarySI,
    /// <summary>e3, e6 ...: powers of 1000 as an exponent.</summary>
    DecimalExponent,
}
