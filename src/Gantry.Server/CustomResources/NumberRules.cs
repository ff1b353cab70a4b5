using System.Globalization;
using Gantry.Api.Trees;

namespace Gantry.Server.CustomResources;

/// <summary>Limits of numbers. Whole numbers are compared as such, with the limit cut to a whole number, as the API's Go server does it.</summary>
internal static class NumberRules
{
    private const double Nearness = 1e-9;

    /// <summary>Checks a number.</summary>
    /// <param name="rules">The limits.</param>
    /// <param name="value">A <see cref="TreeInteger"/> or <see cref="TreeFloat"/>.</param>
    /// <param name="path">As messages name it.</param>
    /// <param name="refuse">Takes the value as it is shown, and what is wrong with it.</param>
    public static void Check(ValueRules rules, Tree value, string path, Action<string, string> refuse)
    {
        var shown = GoSyntax.Value(value);
        if (rules.MultipleOf is { } factor)
        {
            var cut = value is TreeInteger ? Math.Truncate(factor) : factor;
            if (cut <= 0)
            {
                refuse(shown, $"factor MultipleOf declared for {path} must be positive: {Bound(cut, value)}");
            }
            else if (!IsMultiple(value, cut))
            {
                refuse(shown, $"{path} in body should be a multiple of {Bound(cut, value)}");
            }
        }

        if (rules.Maximum is { } most && Compare(value, most) is var over && (rules.ExclusiveMaximum ? over >= 0 : over > 0))
        {
            refuse(shown, $"{path} in body should be less than {(rules.ExclusiveMaximum ? "" : "or equal to ")}{Bound(most, value)}");
        }

        if (rules.Minimum is { } least && Compare(value, least) is var under && (rules.ExclusiveMinimum ? under <= 0 : under < 0))
        {
            refuse(shown, $"{path} in body should be greater than {(rules.ExclusiveMinimum ? "" : "or equal to ")}{Bound(least, value)}");
        }
    }

    /// <summary>Whether a number counts as whole: nearly, as fractions that decimals cannot say are forgiven.</summary>
    public static bool IsWhole(double value)
    {
        if (double.IsNaN(value) || double.IsInfinity(value) || Math.Abs(value) > (1L << 53))
        {
            return false;
        }

        var difference = Math.Abs(value - Math.Truncate(value));
        return difference.Equals(0d) || difference < Nearness * Math.Abs(value) || 1 - difference < Nearness;
    }

    private static bool IsMultiple(Tree value, double factor) => value is TreeInteger integer
        ? integer.Value % (long)factor == 0
        : IsWhole(factor < 1 ? 1 / factor * ((TreeFloat)value).Value : ((TreeFloat)value).Value / factor);

    private static int Compare(Tree value, double bound) => value is TreeInteger integer
        ? integer.Value.CompareTo(Cut(bound))
        : ((TreeFloat)value).Value.CompareTo(bound);

    private static string Bound(double bound, Tree value) => value is TreeInteger ? Cut(bound).ToString(CultureInfo.InvariantCulture) : GoSyntax.Number(bound);

    private static long Cut(double bound) => bound >= long.MaxValue ? long.MaxValue : bound <= long.MinValue ? long.MinValue : (long)bound;
}
