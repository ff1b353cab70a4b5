using System.Globalization;
using System.Text;
using Gantry.Api.Apply;
using Gantry.Api.Trees;
using Gantry.Server.Statuses;

namespace Gantry.Server.Validation;

/// <summary>Names of field managers (ValidateFieldManager).</summary>
internal static class ManagerRules
{
    /// <param name="path">Where the name stands.</param>
    /// <param name="name">The name.</param>
    /// <param name="add">Takes what is wrong with it.</param>
    public static void Check(string path, string name, Action<FieldError> add)
    {
        if (Encoding.UTF8.GetByteCount(name) > FieldManager.LongestName)
        {
            add(FieldError.TooLong(path, FieldManager.LongestName));
        }

        var position = 0;
        foreach (var rune in name.EnumerateRunes())
        {
            if (!GoSyntax.IsPrintable(rune))
            {
                add(FieldError.Invalid(path, name, string.Create(CultureInfo.InvariantCulture, $"invalid character U+{rune.Value:X4} (at position {position})")));
            }

            position += rune.Utf8SequenceLength;
        }
    }
}
