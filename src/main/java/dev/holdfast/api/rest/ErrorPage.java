package dev.holdfast.api.rest;

import java.io.IOException;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.RequestMapping;

/**
 * What the container shows for a status that was set without a body.
 */
@Controller
class ErrorPage implements ErrorController {

	@RequestMapping("${spring.web.error.path:/error}")
	void show(HttpServletRequest request, HttpServletResponse response) throws IOException {
		Object status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
		int code = (status instanceof Integer number) ? number : HttpServletResponse.SC_NOT_FOUND;
		ProblemAnswer.write(ProblemAnswer.ofError(request, code), request, response);
	}

}
