namespace Gantry.Api.Cel.Costs;

/// <summary>The units of the reference implementation (cel-go, <c>common/cost.go</c>) and of Kubernetes' libraries.</summary>
internal static class CelCostFactors
{
    public const ulong CreateList = 10;
    public const ulong CreateMap = 30;
    public const ulong CreateStruct = 40;

    /// <summary>For each character of a text that is looked through.</summary>
    public const double Traversal = 0.1;

    /// <summary>For each character of a regular expression, per unit of looking through the text.</summary>
    public const double Pattern = 0.25;

    /// <summary>So dear that an expression can ask for two decisions and no more.</summary>
    public const ulong AuthorizerCheck = 350_000;

    /// <summary>The longest pattern of a named format.</summary>
    public const ulong LongestFormatPattern = 128;

    /// <summary>What a format's name may be long.</summary>
    public const ulong LongestFormat = 64;

    /// <summary>Selectors: requirements for each character, and units for each requirement.</summary>
    public const double RequirementsPerCharacter = 0.5;

    public static readonly double PerRequirement = CreateList + CreateStruct;

    public static ulong Times(ulong size, double factor)
    {
        var product = Math.Ceiling(size * factor);
        return product >= 18446744073709551616.0 ? ulong.MaxValue : (ulong)product;
    }

    public static ulong Plus(ulong a, ulong b) => a > ulong.MaxValue - b ? ulong.MaxValue : a + b;

    public static ulong Times(ulong a, ulong b) => b != 0 && a > ulong.MaxValue / b ? ulong.MaxValue : a * b;
}
