using System.Globalization;
using System.Text;

namespace Gantry.Api.Yaml;

/// <summary>Scans what stands in front of a node and of a document: anchors, aliases, tags, directives (YAML 1.1, chapters 6 and 7).</summary>
internal sealed class YamlTags(YamlInput input)
{
    /// <summary><c>&amp;name</c> or <c>*name</c>.</summary>
    public YamlToken Anchor(YamlTokenKind kind)
    {
        var start = input.Mark;
        input.Skip();
        var name = Word();
        return name.Length > 0 && (input.IsBlankOrEnd() || input[0] is '?' or ':' or ',' or ']' or '}' or '%' or '@' or '`')
            ? new YamlToken(kind, start, name)
            : throw YamlError.OfScanner("did not find expected alphabetic or numeric character", input.Mark, start);
    }

    /// <summary><c>!suffix</c>, <c>!handle!suffix</c> or <c>!&lt;uri&gt;</c>.</summary>
    public YamlToken Tag()
    {
        var start = input.Mark;
        string handle = "", suffix;
        if (input[1] == '<')
        {
            input.Skip(2);
            suffix = Uri("", start);
            if (input[0] != '>')
            {
                throw YamlError.OfScanner("did not find the expected '>'", input.Mark, start);
            }

            input.Skip();
        }
        else
        {
            handle = Handle(isDirective: false, start);
            if (handle.Length > 1 && handle[^1] == '!')
            {
                suffix = Uri("", start);
            }
            else
            {
                suffix = Uri(handle, start);
                (handle, suffix) = suffix.Length == 0 ? ("", "!") : ("!", suffix);
            }
        }

        return input.IsBlankOrEnd() ? new YamlToken(YamlTokenKind.Tag, start, handle, suffix)
            : throw YamlError.OfScanner("did not find expected whitespace or line break", input.Mark, start);
    }

    /// <summary>A line that begins with <c>%</c>.</summary>
    public YamlToken Directive()
    {
        var start = input.Mark;
        input.Skip();
        var name = Word();
        if (name.Length == 0)
        {
            throw YamlError.OfScanner("could not find expected directive name", input.Mark, start);
        }

        if (!input.IsBlankOrEnd())
        {
            throw YamlError.OfScanner("found unexpected non-alphabetical character", input.Mark, start);
        }

        var token = name switch
        {
            "YAML" => Version(start),
            "TAG" => Prefix(start),
            _ => throw YamlError.OfScanner("found unknown directive name", input.Mark, start),
        };
        input.SkipRestOfLine(start);
        return token;
    }

    private YamlToken Version(YamlMark start)
    {
        input.SkipBlanks();
        var major = Number(start);
        if (input[0] != '.')
        {
            throw YamlError.OfScanner("did not find expected digit or '.' character", input.Mark, start);
        }

        input.Skip();
        return new YamlToken(YamlTokenKind.VersionDirective, start, string.Create(CultureInfo.InvariantCulture, $"{major}.{Number(start)}"));
    }

    private int Number(YamlMark start)
    {
        var (value, length) = (0, 0);
        while (input[0] is >= '0' and <= '9')
        {
            if (++length > 2)
            {
                throw YamlError.OfScanner("found extremely long version number", input.Mark, start);
            }

            value = (value * 10) + input[0] - '0';
            input.Skip();
        }

        return length > 0 ? value : throw YamlError.OfScanner("did not find expected version number", input.Mark, start);
    }

    private YamlToken Prefix(YamlMark start)
    {
        input.SkipBlanks();
        var handle = Handle(isDirective: true, start);
        if (!input.IsBlank())
        {
            throw YamlError.OfScanner("did not find expected whitespace", input.Mark, start);
        }

        input.SkipBlanks();
        var prefix = Uri("", start);
        return input.IsBlankOrEnd() ? new YamlToken(YamlTokenKind.TagDirective, start, handle, prefix)
            : throw YamlError.OfScanner("did not find expected whitespace or line break", input.Mark, start);
    }

    private string Word()
    {
        var word = new StringBuilder();
        while (input.IsWord())
        {
            input.Read(word);
        }

        return word.ToString();
    }

    private string Handle(bool isDirective, YamlMark start)
    {
        if (input[0] != '!')
        {
            throw YamlError.OfScanner("did not find expected '!'", input.Mark, start);
        }

        input.Skip();
        var handle = "!" + Word();
        if (input[0] == '!')
        {
            input.Skip();
            return handle + "!";
        }

        // Without the second mark it is the first part of a suffix, which a directive does not have.
        return !isDirective || handle == "!" ? handle : throw YamlError.OfScanner("did not find expected '!'", input.Mark, start);
    }

    // What goes on after a handle that was none.
    private string Uri(string head, YamlMark start)
    {
        var uri = new StringBuilder(head.Length > 1 ? head[1..] : "");
        var found = head.Length > 0;
        while (input.IsWord() || input[0] is ';' or '/' or '?' or ':' or '@' or '&' or '=' or '+' or '$' or ',' or '.' or '!' or '~' or '*' or '\'' or '(' or ')' or '[' or ']' or '%')
        {
            if (input[0] == '%')
            {
                Escape(uri, start);
            }
            else
            {
                input.Read(uri);
            }

            found = true;
        }

        return found ? uri.ToString() : throw YamlError.OfScanner("did not find expected tag URI", input.Mark, start);
    }

    // The bytes of one character.
    private void Escape(StringBuilder uri, YamlMark start)
    {
        var bytes = new List<byte>(4);
        do
        {
            if (input[0] != '%' || !IsHexadecimal(input[1]) || !IsHexadecimal(input[2]))
            {
                throw YamlError.OfScanner("did not find URI escaped octet", input.Mark, start);
            }

            var octet = byte.Parse([(char)input[1], (char)input[2]], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            if (bytes.Count == 0 && YamlInput.Width(octet) == 0)
            {
                throw YamlError.OfScanner("found an incorrect leading UTF-8 octet", input.Mark, start);
            }

            if (bytes.Count > 0 && (octet & 0xC0) != 0x80)
            {
                throw YamlError.OfScanner("found an incorrect trailing UTF-8 octet", input.Mark, start);
            }

            bytes.Add(octet);
            input.Skip(3);
        }
        while (bytes.Count < YamlInput.Width(bytes[0]));
        uri.Append(Encoding.UTF8.GetString([.. bytes]));
    }

    private static bool IsHexadecimal(int character) => character < 128 && char.IsAsciiHexDigit((char)character);
}
